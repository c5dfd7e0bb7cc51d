//! Licences as files state them.

/// Whether free words are an SPDX id: the id itself, the same without signs between, or the address of a Creative Commons licence.
pub(crate) fn is_licence(words: &str, spdx: &str) -> bool {
    let plain =
        |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase() };
    let address = spdx.strip_prefix("CC-").map(|rest| {
        let (kind, version) = rest.rsplit_once('-').unwrap_or((rest, ""));
        format!("creativecommons.org/licenses/{}/{version}", kind.to_lowercase())
    });
    plain(words) == plain(spdx) || address.is_some_and(|address| words.to_lowercase().contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_known_by_id_words_and_address() {
        for words in ["CC-BY-4.0", "cc by 4.0", "https://creativecommons.org/licenses/by/4.0/"] {
            assert!(is_licence(words, "CC-BY-4.0"), "{words}");
        }
        for words in ["CC-BY-SA-4.0", "CC-BY-3.0", "ours", "https://creativecommons.org/licenses/by-sa/4.0/"] {
            assert!(!is_licence(words, "CC-BY-4.0"), "{words}");
        }
    }
}
