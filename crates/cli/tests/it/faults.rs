//! What can go wrong: each time the message says what, where and how to mend it, the release that stood before is untouched byte by
//! byte, and nothing half-made is left.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::support::{Net, ORIGIN, Said, Tif, hash_of, program};

const FIRST: &str = "layers:\n  a: { source: a.tif }\ncoverage: { method: first }\n";

/// Classes without a pattern, so that they compress badly.
fn noise(pixels: u32) -> Vec<i32> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        [0, 3, 4, 15, 24, 30, 33, 33][(state >> 40) as usize % 8]
    };
    (0..pixels).map(|_| next()).collect()
}

/// A network of one layer with a release that stands, and its hash.
fn released() -> (Net, String) {
    let net = Net::new([32, 32]);
    net.tif("a", &Tif::of(32, &noise(32 * 32))).pipeline(FIRST);
    net.run(&[]).ok();
    let hash = hash_of(&net.release());
    (net, hash)
}

/// Nothing came of it: the earlier release stands as it was, alone.
#[track_caller]
fn untouched(net: &Net, hash: &str) {
    assert_eq!(net.left(), ["1"]);
    assert_eq!(hash_of(&net.release()), hash, "the earlier release was touched");
}

/// After `change` the run is refused with a code and words, and the earlier release stands.
#[track_caller]
fn refused(change: impl Fn(&Net), code: i32, words: &[&str]) {
    let (net, hash) = released();
    change(&net);
    net.run(&["--overwrite"]).fails(code, words);
    untouched(&net, &hash);
    let json = net.run(&["--overwrite", "--json"]);
    assert_eq!((json.code, json.json()["schema"].as_str()), (Some(code), Some("mutirao.run/1")), "{json}");
    untouched(&net, &hash);
}

#[test]
fn a_corrupt_block() {
    let corrupt = |net: &Net| {
        let mut bytes = Tif::of(32, &noise(32 * 32)).bytes();
        let end = bytes.len();
        bytes[end - 60..end - 40].fill(0xAA);
        net.write("a.tif", bytes);
    };
    refused(corrupt, 1, &["a.tif", "block at column 1, row 1 (band 1) is corrupt", "help: deliver the file again"]);
}

#[test]
fn a_truncated_file() {
    // The last four bytes of a COG repeat those before them: five are the fewest that are missed.
    for cut in [5, 200] {
        let truncated = |net: &Net| {
            let bytes = Tif::of(32, &noise(32 * 32)).bytes();
            net.write("a.tif", &bytes[..bytes.len() - cut]);
        };
        refused(truncated, 1, &["a.tif", "pass the end of the file", "help: deliver the file again"]);
    }
    let header = |net: &Net| {
        net.write("a.tif", &Tif::of(32, &noise(32 * 32)).bytes()[..300]);
    };
    refused(header, 1, &["error[unreadable]", "a.tif", "help: deliver the file again"]);
    let empty = |net: &Net| {
        net.write("a.tif", "");
    };
    refused(empty, 1, &["a.tif", "help: "]);
}

#[test]
fn no_raster_at_all() {
    let page = |net: &Net| {
        net.write("a.tif", "<html>404 Not Found</html>");
    };
    refused(page, 1, &["a.tif", "help: "]);
}

#[test]
fn an_output_that_exists() {
    let (net, hash) = released();
    net.run(&[]).fails(4, &["out/net/1 is there already", "help: say --overwrite to replace it"]);
    untouched(&net, &hash);
    let json = net.run(&["--json"]);
    assert_eq!(json.code, Some(4));
    assert_eq!(json.json()["error"], "out/net/1 is there already");
    net.tif("a", &Tif::of(32, &[33; 32 * 32]));
    net.run(&["--overwrite"]).ok();
    assert_eq!(net.left(), ["1"], "nothing of the old release is left beside the new one");
    assert_ne!(hash_of(&net.release()), hash);
    assert!(crate::support::samples(&net.release().join("coverage/2020.tif"))[0].iter().all(|class| *class == 33));
}

#[test]
fn only_releases_are_replaced() {
    let (net, _) = released();
    fs::remove_dir_all(net.release()).unwrap();
    net.write("out/net/1/notes.txt", "mine");
    net.run(&["--overwrite"]).fails(4, &["out/net/1 is there already, and is no release", "help: move it away"]);
    assert_eq!(fs::read_to_string(net.path("out/net/1/notes.txt")).unwrap(), "mine");
    fs::remove_dir_all(net.release()).unwrap();
    net.write("out/net/1", "a file");
    net.run(&["--overwrite"]).fails(4, &["out/net/1 is there already, and is no release"]);
    assert_eq!(net.left(), ["1"]);
}

#[test]
fn what_a_killed_run_left_is_removed() {
    let (net, _) = released();
    net.write("out/net/.staging-1/coverage/2020.tif", "half").write("out/net/.staging-1/.tiles-0-0", "half");
    net.run(&["--overwrite"]).ok();
    assert_eq!(net.left(), ["1"]);
    assert_eq!(
        fs::read_dir(net.release())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name() == ".tiles-0-0")
            .count(),
        0
    );
}

#[test]
fn an_empty_pipeline() {
    let empty = |net: &Net| {
        net.write("pipeline.yaml", "");
    };
    refused(empty, 1, &["pipeline.yaml:1:1", "mutirao init", "nothing was run"]);
    let says = |text: &'static str| {
        move |net: &Net| {
            net.pipeline(text);
        }
    };
    refused(says("layers: {}\ncoverage: { method: first }\n"), 1, &["layers", "pipeline.yaml:", "help: "]);
    let no_rules = says("layers:\n  a: { source: a.tif }\ncoverage: { rules: [] }\n");
    refused(no_rules, 1, &["prevalence needs `rules`, and there are none", "help: add a list of rules"]);
    refused(|net| fs::remove_file(net.path("pipeline.yaml")).unwrap(), 1, &["pipeline.yaml", "help: "]);
}

/// One raster of 4 x 1 pixels on a grid of that size, after the release was made.
#[track_caller]
fn refused_layer(tif: &Tif, entry: &str, words: &[&str]) {
    let change = |net: &Net| {
        net.tif("a", tif)
            .pipeline(&format!("layers:\n  a: {{ source: a.tif{entry} }}\ncoverage: {{ method: first }}\n"));
    };
    refused(change, 1, words);
}

#[test]
fn layers_that_do_not_meet_the_grid() {
    let far = Tif { origin: [ORIGIN[0] + 3000.0, ORIGIN[1]], ..Tif::of(2, &[3, 3]) };
    refused_layer(
        &far,
        "",
        &["error[misses-grid]", "no file of the layer a shares a pixel with the grid", "help: check `grid.origin`"],
    );
}

#[test]
fn layers_off_the_grid() {
    let shifted = Tif { origin: [ORIGIN[0] + 0.37 * 30.0, ORIGIN[1]], ..Tif::of(2, &[3, 3]) };
    refused_layer(
        &shifted,
        "",
        &[
            "error[off-grid]",
            "a.tif is shifted by 0.37 pixels east",
            "help: deliver it on the grid, or say `resample: nearest`",
        ],
    );
    let coarse = Tif { resolution: 25.0, ..Tif::of(2, &[3, 3]) };
    refused_layer(&coarse, "", &["error[off-grid]", "a.tif", "25", "30"]);
    let (net, hash) = released();
    let text = fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    let degrees = "grid: { crs: EPSG:4326, origin: [-51, 1], resolution: 0.01, size: [32, 32] }";
    net.write(
        "pipeline.yaml",
        text.replace("grid: { crs: EPSG:31976, origin: [405000, 180000], resolution: 30, size: [32, 32] }", degrees),
    );
    net.run(&["--overwrite"])
        .fails(1, &["error[off-grid]", "a.tif is EPSG:31976, the grid is EPSG:4326", "pipeline.yaml:9:"]);
    untouched(&net, &hash);
}

#[test]
fn no_crs_and_no_nodata() {
    refused_layer(
        &Tif { epsg: None, ..Tif::of(2, &[3, 3]) },
        "",
        &["error[crs-missing]", "a.tif does not say in which CRS it is", "help: say `crs:` on the layer"],
    );
    let undeclared = Tif { nodata: None, ..Tif::of(4, &[3, 15, 255, 3]) };
    refused_layer(
        &undeclared,
        "",
        &[
            "error[nodata-missing]",
            "a.tif declares no nodata; it holds 3 values: 3, 15, 255",
            "help: say `nodata:` on the layer",
        ],
    );
}

#[test]
fn what_is_missing_may_be_said() {
    let net = Net::new([4, 1]);
    net.tif("a", &Tif { nodata: None, epsg: None, ..Tif::of(4, &[3, 15, 255, 3]) });
    net.pipeline("layers:\n  a: { source: a.tif, crs: EPSG:31976, nodata: 255 }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [3, 15, 0, 3]);
    net.tif("a", &Tif { nodata: None, ..Tif::of(4, &[3, 15, 33, 3]) });
    net.pipeline("layers:\n  a: { source: a.tif, nodata: none }\ncoverage: { method: first }\n");
    assert_eq!(net.merged().bands("2020").class, [3, 15, 33, 3]);
}

#[test]
fn undeclared_classes_are_counted_and_placed() {
    let mut samples = vec![3; 32 * 32];
    for pixel in [5, 32 + 7, 31 * 32 + 31] {
        samples[pixel] = 99;
    }
    samples[40] = 98;
    let change = |net: &Net| {
        net.tif("a", &Tif::of(32, &samples));
    };
    let places = "in 3 pixels: (column 5, row 0), (column 7, row 1), (column 31, row 31)";
    let words = [
        "error[unknown-class]",
        "a.tif holds the undeclared value 99",
        places,
        "undeclared value 98 in 1 pixel: (column 8, row 1)",
        "help: ",
        "`classes`",
    ];
    refused(change, 1, &words);
    let (net, _) = released();
    change(&net);
    let json = net.run(&["--overwrite", "--json"]).json();
    let found = json["findings"].as_array().unwrap().iter().find(|finding| finding["class"][0] == 99).unwrap();
    assert_eq!(found["code"], "unknown-class");
    assert_eq!(found["where"]["count"], 3);
    assert_eq!(found["where"]["pixels"], serde_json::json!([[5, 0], [7, 1], [31, 31]]));
}

#[test]
fn files_of_a_layer_that_differ_where_they_overlap() {
    let entry = |overlap: &str| {
        format!("layers:\n  a: {{ source: [a1.tif, a2.tif]{overlap} }}\ncoverage: {{ method: first }}\n")
    };
    let change = |net: &Net| {
        net.tif("a1", &Tif::of(4, &[3, 3, 3, 0]));
        net.tif("a2", &Tif { origin: [ORIGIN[0] + 30.0, ORIGIN[1]], ..Tif::of(4, &[15, 3, 15, 0]) });
        net.pipeline(&entry(""));
    };
    let words = [
        "error[overlap-differs]",
        "a1.tif and ",
        "a2.tif differ in 1 pixel",
        "(405045, 179985)",
        "help: say `overlap: first` or `overlap: last`",
    ];
    refused(change, 1, &words);
    for (overlap, expected) in [("first", [3, 3, 3, 15]), ("last", [3, 15, 3, 15])] {
        let net = Net::new([4, 1]);
        change(&net);
        net.pipeline(&entry(&format!(", overlap: {overlap}")));
        assert_eq!(net.merged().bands("2020").class, expected, "{overlap}");
    }
}

#[test]
fn a_class_that_is_the_coverages_nodata() {
    let (net, hash) = released();
    let text =
        fs::read_to_string(net.path("pipeline.yaml")).unwrap().replace("{ tile: 64 }", "{ tile: 64, nodata: 33 }");
    net.write("pipeline.yaml", text);
    net.run(&["--overwrite"]).fails(
        1,
        &[
            "error[class-equals-nodata]",
            "class 33 (Water) is the nodata of the coverage",
            "pipeline.yaml:6:",
            "help: choose another",
        ],
    );
    untouched(&net, &hash);
}

#[test]
fn one_band_for_several_periods_must_be_meant() {
    let net = Net::of_periods([2, 1], "[2019, 2020]");
    net.tif("a", &Tif::of(2, &[3, 3])).pipeline(FIRST);
    net.run(&[]).fails(
        1,
        &[
            "error[static-needed]",
            "a.tif has one band and would speak for 2 periods",
            "pipeline.yaml:9:",
            "help: say `static: true`",
        ],
    );
    assert!(net.left().is_empty());
}

#[test]
fn a_rule_that_can_never_match() {
    let net = Net::new([2, 1]);
    net.tif("a", &Tif::of(2, &[3, 15]));
    net.pipeline("layers:\n  a: { source: a.tif }\ncoverage:\n  rules:\n    - { take: { a: 3 }, where: { a: 15 } }\n    - { take: { a: any } }\n");
    let json = net.mutirao(&["lint", ".", "--json"]).json();
    let found =
        json["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == "never-wins").unwrap().clone();
    assert_eq!(found["rule"], 1);
    assert_eq!(found.get("because"), None, "no earlier rule is in its way: {found}");
    assert_eq!(net.merged().bands("2020").class, [3, 15]);
}

#[test]
fn a_coverage_without_a_pixel() {
    let net = Net::new([40, 40]);
    net.tif("a", &Tif::of(40, &[0; 1600])).tif("area", &Tif::of(40, &[0; 1600]));
    for coverage in [
        "coverage: { method: first }\n",
        "coverage:\n  rules:\n    - { take: { a: 3 }, where: { area: 5 } }\n",
        "coverage: { method: first, within: area }\n",
    ] {
        net.pipeline(&format!("layers:\n  a: {{ source: a.tif }}\n  area: {{ source: area.tif, role: region }}\nterritories: {{ area: {{ layer: area }} }}\n{coverage}"));
        net.mutirao(&["plan", "."]).ok();
        let said = net.run(&["--overwrite"]);
        said.ok();
        assert!(!said.out.contains("NaN") && !said.out.contains("inf"), "{said}");
        assert!(crate::support::samples(&net.release().join("coverage/2020.tif"))[0].iter().all(|class| *class == 0));
        assert_eq!(net.left(), ["1"]);
    }
}

#[test]
fn a_place_where_nothing_can_be_written() {
    let (net, hash) = released();
    net.write("file", "");
    for out in ["file/out", "/proc/mutirao"] {
        let said = net.mutirao(&["run", ".", "--out", out]);
        said.fails(4, &[&format!("cannot create {out}"), "help: "]);
    }
    assert_eq!(fs::read(net.path("file")).unwrap(), b"");
    untouched(&net, &hash);
}

#[test]
fn a_folder_that_is_read_only() {
    let (net, hash) = released();
    let folder = net.path("ro");
    fs::create_dir(&folder).unwrap();
    let Some(_mounted) = ReadOnly::new(&folder) else { return };
    net.mutirao(&["run", ".", "--out", "ro"])
        .fails(4, &["cannot create ro/net", "help: choose an --out where you may write"]);
    untouched(&net, &hash);
}

/// A folder that nobody may write to: for root a file system, for others by its mode.
struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    fn new(folder: &'a Path) -> Option<Self> {
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let did = if is_root {
            mount(folder, "ro,size=64k")
        } else {
            Command::new("chmod").arg("555").arg(folder).status().is_ok_and(|status| status.success())
        };
        if !did {
            eprintln!("skipped: root may not mount here");
        }
        did.then_some(ReadOnly(folder))
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).stderr(Stdio::null()).status();
        let _ = Command::new("chmod").arg("755").arg(self.0).status();
    }
}

fn mount(folder: &Path, options: &str) -> bool {
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// A network whose release takes some megabytes, most of them polygons of noise.
fn bulky() -> (Net, String) {
    let net = Net::new([512, 512]);
    net.tif("a", &Tif::of(512, &noise(512 * 512))).pipeline(FIRST);
    net.run(&[]).ok();
    let hash = hash_of(&net.release());
    (net, hash)
}

#[test]
fn a_disk_that_fills_up_at_any_point() {
    let (net, hash) = bulky();
    let room = net.path("room");
    fs::create_dir(&room).unwrap();
    if !mount(&room, "size=24m") {
        eprintln!("skipped: only root may mount a small file system");
        return;
    }
    let _mounted = ReadOnly(&room);
    net.mutirao(&["run", ".", "--out", "room"]).ok();
    let mut refusals = Vec::new();
    for kilobytes in [4, 200, 400, 600, 800, 1000, 1400, 1800, 2200, 2600, 3000, 4000, 6000] {
        let filler = room.join("filler");
        let _ = fs::remove_file(&filler);
        let free = free_bytes(&room).saturating_sub(kilobytes * 1024);
        fs::write(&filler, vec![1; free as usize]).unwrap();
        let before = hash_of(&room.join("net/1"));
        let said = net.mutirao(&["run", ".", "--out", "room", "--overwrite"]);
        if said.code == Some(0) {
            continue;
        }
        refusals.push(said.err.clone());
        said.fails(
            4,
            &["error: cannot ", "room/net", "No space left on device", "help: make room, or choose another --out"],
        );
        assert_eq!(hash_of(&room.join("net/1")), before);
        let names: Vec<_> = fs::read_dir(room.join("net")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| !name.to_string_lossy().starts_with(".staging")), "{names:?}");
    }
    let written: std::collections::BTreeSet<&str> =
        refusals.iter().filter_map(|told| told.split("error: ").nth(1)?.split(": ").next()).collect();
    assert!(refusals.len() > 4 && written.len() > 2, "it fills up at several points: {written:?}");
    untouched(&net, &hash);
}

fn free_bytes(folder: &Path) -> u64 {
    let output = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().nth(1).unwrap().trim().parse().unwrap()
}

#[test]
fn a_file_that_may_not_grow() {
    let (net, hash) = bulky();
    for blocks in [2, 40, 200] {
        // The signal is ignored, so that the system answers with an error as a full disk does.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run . --out out --overwrite");
        let template = net.command(&[]);
        let mut command = Command::new("sh");
        command.args(["-c", &script]).arg(program()).current_dir(net.dir.path());
        template.get_envs().for_each(|(name, value)| {
            value.map(|value| command.env(name, value));
        });
        Said::of(command.output().unwrap()).fails(4, &["error: cannot write", "out/net/.staging-1", "File too large"]);
        untouched(&net, &hash);
    }
}

/// A network whose run takes a second or more, with a release that stands.
fn slow() -> (Net, String) {
    let net = Net::of_periods([1024, 1024], "[2017..2020]");
    let tif = Tif { tile: 64, ..Tif::of(1024, &noise(1024 * 1024)) };
    for period in 2017..=2020 {
        net.tif(&format!("a_{period}"), &tif);
    }
    net.pipeline("layers:\n  a: { source: \"a_{period}.tif\" }\n  b: { source: a_2020.tif, static: true }\ncoverage: { method: majority }\n");
    // The release that stands before is another network's files in the same place.
    net.write("out/net/1/manifest.json", "{}").write("out/net/1/coverage/2020.tif", "as it was");
    let hash = hash_of(&net.release());
    (net, hash)
}

/// A run that is in the middle of its tiles.
fn started(net: &Net) -> Child {
    let mut command = net.command(&["run", ".", "--out", "out", "--overwrite", "--threads", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let spool = net.path("out/net/.staging-1/.tiles-0-0");
    for _ in 0..60_000 {
        if fs::metadata(&spool).is_ok_and(|spool| spool.len() > 0) {
            return child;
        }
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it was at work");
        std::thread::sleep(Duration::from_millis(1));
    }
    panic!("it never began");
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

#[test]
fn an_interrupt_leaves_nothing_half_made() {
    for name in ["INT", "TERM"] {
        let (net, hash) = slow();
        let child = started(&net);
        signal(&child, name);
        Said::of(child.wait_with_output().unwrap()).fails(130, &["interrupted; nothing was published"]);
        untouched(&net, &hash);
    }
}

#[test]
fn a_killed_run_leaves_the_release_and_the_next_one_cleans_up() {
    let (net, hash) = slow();
    let mut child = started(&net);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(hash_of(&net.release()), hash);
    assert_eq!(net.left(), [".staging-1", "1"]);
    net.run(&["--overwrite"]).ok();
    assert_eq!(net.left(), ["1"]);
}

#[test]
fn a_second_run_on_the_same_place_is_refused_and_says_who_holds_it() {
    let (net, hash) = slow();
    let child = started(&net);
    let holder = format!("another run is at work on out/net/1: process {}", child.id());
    net.run(&["--overwrite"]).fails(4, &[&holder, "help: wait until it is done"]);
    let json = net.run(&["--overwrite", "--json"]);
    assert_eq!((json.code, json.json()["error"].as_str()), (Some(4), Some(holder.as_str())));
    assert!(net.path("out/net/.staging-1").exists(), "the first run is still at work");
    signal(&child, "INT");
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(130));
    untouched(&net, &hash);
}

#[test]
fn a_file_that_is_replaced_during_the_run() {
    let (net, hash) = slow();
    let child = started(&net);
    net.tif("other", &Tif { tile: 64, ..Tif::of(1024, &[3; 1024 * 1024]) });
    fs::rename(net.path("other.tif"), net.path("a_2017.tif")).unwrap();
    Said::of(child.wait_with_output().unwrap())
        .fails(1, &["a_2017.tif changed while it was read; nothing was published", "help: run again"]);
    untouched(&net, &hash);
}

#[test]
fn a_file_that_is_written_to_or_removed_during_the_run() {
    let changes: [fn(&Net); 2] = [
        |net| {
            let bytes = fs::read(net.path("a_2018.tif")).unwrap();
            fs::write(net.path("a_2018.tif"), bytes).unwrap();
        },
        |net| fs::remove_file(net.path("a_2018.tif")).unwrap(),
    ];
    for change in changes {
        let (net, hash) = slow();
        let child = started(&net);
        change(&net);
        let said = Said::of(child.wait_with_output().unwrap());
        // While the file is being written again it may also be seen cut short.
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.err.contains("a_2018.tif"), "{said}");
        untouched(&net, &hash);
    }
}

#[test]
fn a_pipeline_that_is_edited_during_the_run_is_published_as_it_was_run() {
    let (net, _) = slow();
    let text = fs::read_to_string(net.path("pipeline.yaml")).unwrap();
    let child = started(&net);
    net.write("pipeline.yaml", format!("{text}# edited\n"));
    net.write("legend.csv", "id,parent,name,color\n");
    let said = Said::of(child.wait_with_output().unwrap());
    said.ok();
    assert_eq!(fs::read_to_string(net.release().join("pipeline.yaml")).unwrap(), text);
    let legend = fs::read_to_string(net.release().join("legend.csv")).unwrap();
    let was = crate::support::LEGEND.lines();
    assert!(legend.lines().zip(was.clone()).all(|(now, was)| now.starts_with(was)), "{legend}");
    assert_eq!(legend.lines().count(), was.count());
}
