//! Packs that nobody should unpack.

use std::fs::File;
use std::io::Write;

use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{Net, Tif};

const CONTRACT: &str =
    "apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nschema:\n  - { name: a, physicalType: raster }\n";

/// A zip file with these entries, byte for byte as they are named.
fn zipped(net: &Net, name: &str, entries: &[(&str, &str)]) {
    let mut zip = ZipWriter::new(File::create(net.path(name)).unwrap());
    for (entry, text) in entries {
        match text.strip_prefix("-> ") {
            Some(target) => zip.add_symlink(*entry, target, SimpleFileOptions::default()).unwrap(),
            None => {
                zip.start_file(*entry, SimpleFileOptions::default()).unwrap();
                zip.write_all(text.as_bytes()).unwrap();
            }
        }
    }
    zip.finish().unwrap();
}

#[test]
fn packs_that_lead_out_of_their_folder_are_refused() {
    let net = Net::new([2, 1]);
    net.tif("a", &Tif::of(2, &[1, 0]));
    let good = ("contracts/a.odcs.yaml", CONTRACT);
    let check = |name: &str| net.mutirao(&["check", "a.tif", "--contract", name]);
    zipped(&net, "good.zip", &[good]);
    check("good.zip").ok();
    for (at, bad) in ["../evil", "/evil", "a/../../evil", "C:/evil", "a\\..\\evil"].iter().enumerate() {
        let name = format!("bad{at}.zip");
        zipped(&net, &name, &[good, (bad, "x")]);
        check(&name).fails(1, &["leads out of it"]);
    }
    zipped(&net, "link.zip", &[good, ("link", "-> /etc/passwd")]);
    check("link.zip").fails(1, &["leads out of it"]);
    assert!(!net.path("evil").exists() && !net.dir.path().parent().unwrap().join("evil").exists());
}

#[test]
fn what_is_no_pack_is_told() {
    let net = Net::new([2, 1]);
    net.tif("a", &Tif::of(2, &[1, 0])).write("no.zip", "PK\x03\x04 but no more").write("empty.zip", "");
    let good = ("contracts/a.odcs.yaml", CONTRACT);
    let check = |name: &str| net.mutirao(&["check", "a.tif", "--contract", name]);
    check("no.zip").fails(1, &["no zip file"]);
    check("empty.zip").fails(1, &["no zip file"]);
    check("absent.zip").fails(1, &["cannot be opened"]);
    zipped(&net, "none.zip", &[("README.md", "x")]);
    check("none.zip").fails(1, &["no contract"]);
    zipped(&net, "two.zip", &[good, ("contracts/b.yaml", CONTRACT)]);
    check("two.zip").fails(1, &["holds 2 contracts"]);
    zipped(&net, "grid.zip", &[good, ("grid.yaml", "crs: x\norigin: [1]\n")]);
    check("grid.zip").fails(1, &["grid.yaml"]);
    zipped(&net, "wrong.zip", &[("contracts/a.odcs.yaml", &CONTRACT.replace("id: a", "idd: a"))]);
    let said = check("wrong.zip");
    said.fails(1, &["wrong.zip/contracts/a.odcs.yaml"]);
    zipped(&net, "legend.zip", &[good, ("legend.csv", "nonsense")]);
    let said = check("legend.zip");
    said.fails(1, &["legend.zip/legend.csv"]);
    assert!(!said.to_string().contains("mutirao-pack-"), "{said}");
}

#[test]
fn packs_without_measure_are_refused() {
    let net = Net::new([2, 1]);
    net.tif("a", &Tif::of(2, &[1, 0]));
    let names: Vec<String> = (0..10_001).map(|at| format!("f{at}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    zipped(&net, "many.zip", &many);
    net.mutirao(&["check", "a.tif", "--contract", "many.zip"]).fails(1, &["10001 entries"]);
    let mut zip = ZipWriter::new(File::create(net.path("bomb.zip")).unwrap());
    let zeros = vec![0u8; 1 << 20];
    zip.start_file("bomb", SimpleFileOptions::default().compression_level(Some(1))).unwrap();
    (0..1025).for_each(|_| zip.write_all(&zeros).unwrap());
    zip.finish().unwrap();
    net.mutirao(&["check", "a.tif", "--contract", "bomb.zip"]).fails(1, &["more than 1 GiB"]);
}
