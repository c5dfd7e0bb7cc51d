use std::path::Path;

use gdal::spatial_ref::{AxisMappingStrategy, CoordTransform, SpatialRef};
use mutirao_core::control_grid::ControlGrid;
use mutirao_core::door::{
    Answer, AreasFacts, AreasQuestion, ControlGridAnswer, ControlGridQuestion, Question, Refusal, RefusalCode,
};
use mutirao_core::grid::{Grid, Window};
use mutirao_core::raster::GeoTransform;

use super::{ask, text};

fn grid(crs: &str, origin: [f64; 2], resolution: f64, size: [u32; 2]) -> Grid {
    Grid { crs: crs.to_owned(), origin, resolution: [resolution; 2], size }
}

fn areas(grid: Grid) -> Result<(AreasFacts, Vec<f64>), Refusal> {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("areas.bin");
    match ask(Question::Areas(AreasQuestion { grid, cell: 64, out: out.clone() }))? {
        Answer::Areas(facts) => {
            assert_eq!(std::fs::read_dir(folder.path()).expect("it is there").count(), 1, "nothing temporary is left");
            let bytes = std::fs::read(out).expect("it was written");
            Ok((facts, bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().expect("8"))).collect()))
        }
        other => panic!("{other:?}"),
    }
}

/// Expected: pyproj 3.7.2, sides of the cell densified to 400 points each, area by `Geod.polygon_area_perimeter`
/// (GeographicLib), by 4,096 pixels.
#[test]
fn areas_agree_with_geodesic_polygons() {
    let cases = [
        ("EPSG:31976", [405_000.0, 180_000.0], 30.0, 900.523_172_056_648_7),
        ("EPSG:5070", [-1_200_000.0, 1_700_000.0], 30.0, 900.000_000_027_102_1),
        ("EPSG:32632", [200_000.0, 6_700_000.0], 10.0, 99.860_012_218_563_72),
        ("EPSG:3413", [-960.0, 960.0], 30.0, 956.810_707_092_285_2), // holds the pole
        ("EPSG:3413", [0.0, 0.0], 30.0, 956.810_693_386_942_1),      // the pole is a corner
        ("EPSG:3413", [5_760.0, 9_600.0], 30.0, 956.809_227_966_237_8),
        ("EPSG:3031", [-32_000.0, 32_000.0], 1_000.0, 1_056_760.858_901_977_5),
        ("EPSG:3031", [1_000_000.0, -500_000.0], 1_000.0, 1_038_616.825_105_154_8),
        ("EPSG:3857", [-6_000_000.0, 8_000_000.0], 1_000.0, 281_591.714_774_483_2),
        ("EPSG:3832", [3_329_584.0, 100_000.0], 100.0, 9_997.680_625_792_43), // beside the antimeridian
    ];
    for (crs, origin, resolution, expected) in cases {
        let (facts, factors) = areas(grid(crs, origin, resolution, [64, 64])).expect("an answer");
        assert_eq!((facts.cells_across, facts.cells_down, factors.len()), (1, 1, 1));
        let off = (factors[0] - expected).abs() / expected;
        assert!(off < 1e-6, "{crs} at {origin:?}: {} should be {expected}, off by {off:e}", factors[0]);
    }
}

#[test]
fn cells_at_the_edge_are_cut_to_the_grid() {
    let (facts, factors) = areas(grid("EPSG:31976", [405_000.0, 180_000.0], 30.0, [130, 65])).expect("an answer");
    assert_eq!((facts.cells_across, facts.cells_down, facts.missing), (3, 2, 0));
    assert_eq!(factors.len(), 6);
    assert!(factors.iter().all(|f| (f / 900.5 - 1.0).abs() < 1e-4), "{factors:?}");
    assert_eq!(facts.min, factors.iter().copied().reduce(f64::min));
}

#[test]
fn areas_off_the_earth_are_nan_and_degrees_need_no_door() {
    // Polar stereographic reaches every place but the other pole; Lambert azimuthal ends at its antipode.
    let (facts, factors) = areas(grid("EPSG:3035", [5e7, 5e7], 1000.0, [64, 64])).expect("an answer");
    assert!(facts.missing == 1 && facts.min.is_none() && factors[0].is_nan());
    let refusal = areas(grid("EPSG:4326", [0.0, 0.0], 1.0, [64, 64])).expect_err("a refusal");
    assert_eq!(refusal.code, RefusalCode::CrsNotProjected);
    let refusal = areas(grid("EPSG:31976", [0.0, f64::MAX], 0.0, [64, 64])).expect_err("a refusal");
    assert_eq!(refusal.code, RefusalCode::GridInvalid);
}

fn control(question: ControlGridQuestion) -> Result<(ControlGridAnswer, ControlGrid), Refusal> {
    let out = question.out.clone();
    match ask(Question::ControlGrid(question))? {
        Answer::ControlGrid(answer) => {
            let bytes = std::fs::read(out).expect("it was written");
            let grid = ControlGrid::from_bytes(answer.grid.clone(), &bytes).expect("facts and bytes agree");
            Ok((answer, grid))
        }
        other => panic!("{other:?}"),
    }
}

struct Case {
    from: &'static str,
    transform: [f64; 6],
    size: [u32; 2],
    grid: Grid,
    window: Option<Window>,
}

fn question(case: &Case, folder: &Path) -> ControlGridQuestion {
    ControlGridQuestion {
        from: text(case.from),
        source_transform: GeoTransform(case.transform),
        source_size: case.size,
        grid: case.grid.clone(),
        window: case.window,
        bound: 0.125,
        allow_ballpark: false,
        out: folder.join("control.bin"),
    }
}

fn srs(text: &str) -> SpatialRef {
    let mut srs = SpatialRef::from_definition(text).expect("a CRS");
    srs.set_axis_mapping_strategy(AxisMappingStrategy::TraditionalGisOrder);
    srs
}

/// Compares a control grid with GDAL's own transformation at scattered pixels: within the bound wherever the pixel lies in
/// the source, and never in the source where it does not.
fn compare(case: &Case) -> (ControlGridAnswer, usize, f64) {
    let folder = tempfile::tempdir().expect("a folder");
    let (answer, found) = control(question(case, folder.path())).expect("an answer");
    let exact = CoordTransform::new(&srs(&case.grid.crs), &srs(case.from)).expect("a transformation");
    let window = case.window.unwrap_or(case.grid.window());
    let t = case.transform;
    let [width, height] = case.size.map(f64::from);
    let (mut inside, mut worst, mut seed) = (0, 0.0_f64, 1_u64);
    for _ in 0..20_000 {
        let mut random = |n: u32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((seed >> 33) % u64::from(n)) as u32
        };
        let (col, row) = (window.col + random(window.width), window.row + random(window.height));
        let [x, y] = case.grid.centre(col, row);
        let (mut xs, mut ys) = ([x], [y]);
        let placed = exact.transform_coords(&mut xs, &mut ys, &mut []).is_ok();
        let inverse = |x: f64, y: f64| [(x - t[0]) / t[1], (y - t[3]) / t[5]];
        let turns: &[f64] = if srs(case.from).is_geographic() { &[0.0, 360.0, -360.0] } else { &[0.0] };
        let mut expected = turns.iter().map(|turn| inverse(xs[0] + turn, ys[0]));
        let expected = expected.find(|[c, r]| placed && *c >= 0.0 && *r >= 0.0 && *c < width && *r < height);
        let position = found.position(col, row);
        match (expected, position) {
            (Some(expected), Some(position)) => {
                inside += 1;
                let error = (position[0] - expected[0]).hypot(position[1] - expected[1]);
                worst = worst.max(error);
                assert!(error <= 0.125, "{} at {col},{row}: {position:?} should be {expected:?}", case.from);
            }
            (Some(expected), None) => panic!("{} at {col},{row}: nothing, should be {expected:?}", case.from),
            (None, Some([c, r])) => {
                let deep = c > 0.125 && r > 0.125 && c < width - 0.125 && r < height - 0.125;
                assert!(!deep, "{} at {col},{row}: {c},{r} should lie outside", case.from);
            }
            (None, None) => {}
        }
    }
    println!(
        "{} step {} exact {} inside {inside} worst {worst:e} {}",
        case.from,
        answer.grid.step,
        answer.grid.exact_cells.len(),
        answer.transformation.name
    );
    assert!(inside > 100, "{}: only {inside} points lie in the source", case.from);
    assert!(answer.grid.max_error <= 0.0625);
    (answer, inside, worst)
}

#[test]
fn smooth_grids_need_few_nodes() {
    let amapa = grid("EPSG:31976", [405_000.0, 180_000.0], 30.0, [4000, 3000]);
    let degrees = Case {
        from: "EPSG:4326",
        transform: [-52.0, 0.00025, 0.0, 2.0, 0.0, -0.00025],
        size: [8000, 8000],
        grid: amapa.clone(),
        window: None,
    };
    let (answer, ..) = compare(&degrees);
    assert_eq!((answer.grid.step, answer.grid.exact_cells.len()), (64, 0));
    assert!(!answer.transformation.ballpark && answer.transformation.name.contains("SIRGAS 2000 to WGS 84"));
    // A neighbouring zone, a window of the grid, a rotated place would do as well.
    let zone = Case {
        from: "EPSG:31975",
        transform: [1_000_000.0, 10.0, 0.0, 250_000.0, 0.0, -10.0],
        size: [20_000, 20_000],
        grid: amapa,
        window: Some(Window { col: 1001, row: 77, width: 777, height: 555 }),
    };
    compare(&zone);
}

/// The last row and column of cells is one pixel wide, narrower than a cell's first sample.
#[test]
fn thin_cells_at_the_edge_keep_the_bound() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case {
        from: "EPSG:4326",
        transform: [-52.0, 0.001, 0.0, 2.0, 0.0, -0.001],
        size: [2000, 2000],
        grid: grid("EPSG:31976", [405_000.0, 180_000.0], 1000.0, [33, 33]),
        window: None,
    };
    for bound in [1e-6, 1e-4, 1e-2] {
        let question = ControlGridQuestion { bound, ..question(&case, folder.path()) };
        let (_, found) = control(question).expect("an answer");
        let exact = CoordTransform::new(&srs(&case.grid.crs), &srs(case.from)).expect("a transformation");
        for (col, row) in (0..33).flat_map(|row| (0..33).map(move |col| (col, row))) {
            let [x, y] = case.grid.centre(col, row);
            let (mut xs, mut ys) = ([x], [y]);
            exact.transform_coords(&mut xs, &mut ys, &mut []).expect("a place");
            let expected = [(xs[0] + 52.0) / 0.001, (2.0 - ys[0]) / 0.001];
            let [c, r] = found.position(col, row).expect("a position");
            let error = (c - expected[0]).hypot(r - expected[1]);
            assert!(error <= bound, "bound {bound}, column {col}, row {row}: off by {error}");
        }
    }
}

#[test]
fn the_antimeridian_is_crossed() {
    let pacific = grid("EPSG:3832", [2_900_000.0, 500_000.0], 5_000.0, [200, 200]); // PDC Mercator, centre 150 E
    for transform in [[-180.0, 0.1, 0.0, 90.0, 0.0, -0.1], [0.0, 0.1, 0.0, 90.0, 0.0, -0.1]] {
        let case = Case { from: "EPSG:4326", transform, size: [3600, 1800], grid: pacific.clone(), window: None };
        let (_, inside, _) = compare(&case);
        assert_eq!(inside, 20_000, "the source covers the earth");
    }
    let fiji = [170.0, 0.05, 0.0, 10.0, 0.0, -0.05]; // to 190 E
    let case = Case { from: "EPSG:4326", transform: fiji, size: [400, 400], grid: pacific, window: None };
    let (answer, ..) = compare(&case);
    assert!(answer.grid.exact_cells.is_empty(), "unwrapped longitudes are smooth here");
}

#[test]
fn poles_are_held() {
    for (polar, north) in [("EPSG:3413", true), ("EPSG:3031", false)] {
        let around = grid(polar, [-500_000.0, 500_000.0], 5_000.0, [200, 200]);
        let world = [-180.0, 0.25, 0.0, 90.0, 0.0, -0.25];
        let to_pole = Case { from: "EPSG:4326", transform: world, size: [1440, 720], grid: around, window: None };
        let (answer, inside, _) = compare(&to_pole);
        assert!(inside == 20_000 && !answer.grid.exact_cells.is_empty());
        let world = grid("EPSG:4326", [-180.0, 90.0], 0.25, [1440, 720]);
        let window = Window { col: 0, row: if north { 0 } else { 560 }, width: 1440, height: 160 };
        let stereo = [-2_000_000.0, 2_000.0, 0.0, 2_000_000.0, 0.0, -2_000.0];
        compare(&Case { from: polar, transform: stereo, size: [2000, 2000], grid: world, window: Some(window) });
    }
}

#[test]
fn ballpark_transformations_must_be_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case {
        from: "+proj=aea +lat_0=-12 +lon_0=-54 +lat_1=-2 +lat_2=-22 +x_0=0 +y_0=0 +ellps=GRS80 +units=m",
        transform: [0.0, 100.0, 0.0, 2_000_000.0, 0.0, -100.0],
        size: [9000, 9000],
        grid: grid("EPSG:31976", [405_000.0, 180_000.0], 30.0, [400, 300]),
        window: None,
    };
    let mut asked = question(&case, folder.path());
    assert_eq!(control(asked.clone()).expect_err("a refusal").code, RefusalCode::BallparkTransformation);
    assert!(!asked.out.exists());
    asked.allow_ballpark = true;
    let (answer, _) = control(asked.clone()).expect("an answer");
    assert!(answer.transformation.ballpark && answer.transformation.name.contains("Ballpark"));
    asked.source_transform = GeoTransform([0.0; 6]);
    assert_eq!(control(asked.clone()).expect_err("a refusal").code, RefusalCode::GridInvalid);
    asked.window = Some(Window { col: 399, row: 0, width: 2, height: 1 });
    assert_eq!(control(asked.clone()).expect_err("a refusal").code, RefusalCode::GridInvalid);
    asked.window = None;
    asked.source_transform = GeoTransform(case.transform);
    asked.out = folder.path().join("nowhere/control.bin");
    assert_eq!(control(asked).expect_err("a refusal").code, RefusalCode::WriteFailed);
}
