//! The normal distribution, as far as intervals need it.

/// How many standard errors to either side hold a share of `confidence` of a normal distribution: 1.96 of 0.95.
///
/// Newton's steps on the distribution function, from the middle outwards, where it is concave: they never step too far.
pub fn two_sided(confidence: f64) -> f64 {
    let mut z = 0.0;
    for _ in 0..64 {
        let step = (confidence / 2.0 - half(z)) / density(z);
        z += step;
        if step.abs() <= 1e-15 * z {
            break;
        }
    }
    z
}

fn density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// The probability of 0 to `z`: density times z + z^3/3 + z^5/(3 5) + ... (Abramowitz and Stegun 1964, 26.2.11).
fn half(z: f64) -> f64 {
    let mut term = z;
    let mut sum = z;
    let mut odd = 1.0;
    while term.abs() > 1e-17 * sum.abs() {
        odd += 2.0;
        term *= z * z / odd;
        sum += term;
    }
    density(z) * sum
}

#[cfg(test)]
mod tests {
    use super::two_sided;

    #[test]
    fn the_usual_numbers() {
        // scipy.stats.norm.ppf((1 + c) / 2)
        let known = [
            (0.5, 0.674_489_750_196_081_7),
            (0.9, 1.644_853_626_951_472_2),
            (0.95, 1.959_963_984_540_054),
            (0.99, 2.575_829_303_548_900_4),
            (0.9999, 3.890_591_886_413_098),
        ];
        for (confidence, z) in known {
            assert!((two_sided(confidence) - z).abs() < 1e-11, "{confidence}: {}", two_sided(confidence));
        }
    }
}
