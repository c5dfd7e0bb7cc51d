//! What a merge means, as small cases with the answer written out: class, source, rule, part, and how the layers agree.
//!
//! Sources count from 1 in the order of layers and members, regions and values included. 3 and 4 lie below 1, 15 below 14.

mod codes;
mod composites;
mod methods;
mod periods;
mod rules;
mod sets;

use mutirao_core::raster::DType;

use crate::support::{Bands, LEGEND, Net, Tif};

/// A layer of one row: name, samples, and what its entry says beside its source.
type Row<'a> = (&'a str, &'a [i32], &'a str);

/// A network of one row and one period.
fn net(layers: &[Row<'_>]) -> (Net, String) {
    let width = layers[0].1.len() as u32;
    let net = Net::new([width, 1]);
    let text = layers.iter().map(|(name, samples, more)| {
        net.tif(name, &Tif::of(width, samples));
        format!("  {name}: {{ source: {name}.tif{more} }}\n")
    });
    let text = text.collect();
    (net, text)
}

fn merge(layers: &[Row<'_>], coverage: &str) -> Bands {
    let (net, layers) = net(layers);
    net.pipeline(&format!("layers:\n{layers}coverage:\n{coverage}"));
    net.merged().bands("2020")
}

fn bands<const N: usize>(all: [[i32; N]; 7]) -> Bands {
    let [class, source, rule, part, speak, same, same_top] = all.map(|band| band.to_vec());
    Bands { class, source, rule, part, speak, same, same_top }
}

/// What methods without rules give: class, source, agreement.
fn voted<const N: usize>([class, source, speak, same, same_top]: [[i32; N]; 5]) -> Bands {
    bands([class, source, [0; N], [0; N], speak, same, same_top])
}
