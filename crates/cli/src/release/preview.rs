//! `preview/<period>.png`: a picture of the map with its legend, for people who want to see what they got.

mod layout;
mod legend;
mod map;

use mutirao_core::sink::Observer;
use mutirao_engine::{EngineError, Result, product::Product, publish::Staging};

use self::{
    layout::{Layout, MARGIN, layout},
    legend::{draw_legend, entries},
    map::{Part, sample},
};
use super::Content;
use crate::draw::{BLACK, Canvas, Entry, FRAME, Fonts, GREY, Style};

/// The title.
const TITLE: Style = Style { bold: true, size: 24.0 };
/// The period, below it.
const PERIOD: Style = Style { bold: true, size: 18.0 };
/// What stands beside the period.
const BESIDE: Style = Style { bold: false, size: 14.0 };

/// Writes a picture for every period, from the rasters that stand in the staging folder already.
pub(super) fn write(content: &Content<'_>, staging: &Staging, observer: &dyn Observer) -> Result<()> {
    let fonts = Fonts::new();
    for (at, period) in content.plan.periods.iter().enumerate() {
        if observer.is_cancelled() {
            return Err(EngineError::Cancelled);
        }
        let entries = entries(content, at);
        let layout = layout(&content.plan.grid.part(&content.window), &entries, &fonts);
        let parts = parts(content, staging, at);
        let classes = sample(
            &content.plan.grid.part(&content.window),
            &parts,
            layout.map.size(),
            content.pipeline.outputs.nodata,
        )?;
        let canvas = draw(content, period, &fonts, &layout, &entries, &classes);
        let path = staging.folder().join(format!("preview/{period}.png"));
        canvas.save(&path).map_err(EngineError::io("write", &path))?;
    }
    Ok(())
}

/// The rasters of a period and where they lie.
fn parts(content: &Content<'_>, staging: &Staging, period: usize) -> Vec<Part> {
    let label = &content.plan.periods[period];
    let folder = staging.folder().join("coverage");
    let sheets = &content.outcomes.sheets;
    if let [only] = &sheets[..] {
        return vec![Part { path: folder.join(format!("{label}.tif")), window: only.sheet.window }];
    }
    let held = sheets.iter().filter(|sheet| sheet.contents[period].has(Product::Coverage));
    held.map(|sheet| Part {
        path: folder.join(label).join(format!("{}_{}.tif", sheet.sheet.col, sheet.sheet.row)),
        window: sheet.sheet.window,
    })
    .collect()
}

fn draw(
    content: &Content<'_>,
    period: &str,
    fonts: &Fonts,
    layout: &Layout,
    entries: &[Entry],
    classes: &[u16],
) -> Canvas {
    let pipeline = content.pipeline;
    let mut canvas = Canvas::white(layout.width, layout.height);
    let room = (layout.width - 2 * MARGIN) as f32;
    // A long title is smaller before it is cut.
    let sizes = [TITLE.size, 20.0, 17.0].map(|size| Style { size, ..TITLE });
    let style = sizes.into_iter().find(|style| fonts.width(&pipeline.title, *style) <= room).unwrap_or(sizes[2]);
    let title = fonts.fitted(&pipeline.title, style, room);
    fonts.draw(&mut canvas, &title, style, [MARGIN, MARGIN + TITLE.line() - style.line()], BLACK);
    let below = MARGIN + TITLE.line();
    let label = fonts.fitted(period, PERIOD, room * 0.6);
    fonts.draw(&mut canvas, &label, PERIOD, [MARGIN, below], BLACK);
    let mut beside = format!("{} {}", pipeline.id, pipeline.version);
    if let Some(licence) = &pipeline.license {
        beside.push_str(&format!(" · {licence}"));
    }
    let left = MARGIN + fonts.width(&label, PERIOD).ceil() as u32 + 14;
    let beside = fonts.fitted(&beside, BESIDE, (layout.width - MARGIN).saturating_sub(left) as f32);
    fonts.draw(&mut canvas, &beside, BESIDE, [left, below + 4], GREY);
    let map = &layout.map;
    canvas.frame(map, FRAME);
    for (at, class) in classes.iter().enumerate() {
        if let Some(class) = pipeline.legend.get(*class) {
            let at = at as u32;
            canvas.set(map.left + at % map.width, map.top + at / map.width, class.color);
        }
    }
    draw_legend(&mut canvas, fonts, layout, entries);
    canvas
}
