//! Paths as references of RFC 3986.

use std::fmt::Write as _;

/// A path as a relative reference as it was given, or as a `file:` address where it is absolute.
pub fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            other => _ = write!(uri, "%{other:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_in_an_address_is_escaped() {
        assert_eq!(uri("./a/b.tif"), "a/b.tif");
        assert_eq!(uri("../água #1?.tif"), "../%C3%A1gua%20%231%3F.tif");
        assert_eq!(uri("/c:d"), "file:///c%3Ad");
        assert_eq!(uri("c:d"), "c%3Ad");
    }
}
