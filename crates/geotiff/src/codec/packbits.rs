//! PackBits (Compression 32773; TIFF 6.0, section 9).

use super::CodecError;

/// Fills `out`; runs that pass its end are cut, as some writers pack across rows.
pub(crate) fn decode(raw: &[u8], out: &mut [u8]) -> Result<(), CodecError> {
    let due = out.len();
    let mut from = 0;
    let mut have = 0;
    while have < due {
        let short = CodecError::Short { have, due };
        let Some(control) = raw.get(from) else { return Err(short) };
        from += 1;
        let control = *control as i8;
        if control >= 0 {
            let count = (control as usize + 1).min(due - have);
            let Some(literal) = raw.get(from..from + count) else { return Err(short) };
            out[have..have + count].copy_from_slice(literal);
            from += control as usize + 1;
            have += count;
        } else if control != -128 {
            let count = (usize::from(control.unsigned_abs()) + 1).min(due - have);
            let Some(value) = raw.get(from) else { return Err(short) };
            out[have..have + count].fill(*value);
            from += 1;
            have += count;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A plain packer: runs of three or more are packed, the rest is literal.
    fn pack(data: &[u8]) -> Vec<u8> {
        let mut packed = Vec::new();
        let mut at = 0;
        while at < data.len() {
            let run = data[at..].iter().take(128).take_while(|byte| **byte == data[at]).count();
            if run >= 3 {
                packed.extend([(1 - run as i16) as u8, data[at]]);
                at += run;
            } else {
                packed.extend([0, data[at]]);
                at += 1;
            }
        }
        packed
    }

    #[test]
    fn the_example_of_the_tiff_specification() {
        let raw = [0xFE, 0xAA, 0x02, 0x80, 0x00, 0x2A, 0xFD, 0xAA, 0x03, 0x80, 0x00, 0x2A, 0x22, 0xF7, 0xAA];
        let mut out = [0; 24];
        decode(&raw, &mut out).unwrap();
        let mut due = vec![0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0xAA, 0xAA, 0xAA, 0xAA, 0x80, 0x00, 0x2A, 0x22];
        due.extend([0xAA; 10]);
        assert_eq!(out.to_vec(), due);
    }

    proptest! {
        #[test]
        fn packed_data_comes_back(data in prop::collection::vec(0u8..3, 0..600)) {
            let mut out = vec![0; data.len()];
            decode(&pack(&data), &mut out).unwrap();
            prop_assert_eq!(out, data);
        }

        #[test]
        fn any_bytes_are_an_answer(raw in prop::collection::vec(any::<u8>(), 0..300), due in 0usize..2000) {
            let mut out = vec![0; due];
            let _ = decode(&raw, &mut out);
        }
    }
}
