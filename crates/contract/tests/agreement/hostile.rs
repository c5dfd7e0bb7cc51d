//! Texts that nobody would write in good faith.

use proptest::prelude::*;

use crate::support::{EXAMPLE, GOOD, check_findings, reading};

proptest! {
    #[test]
    fn random_texts_never_panic(text in "\\PC{0,200}") {
        check_findings(&reading(&text).findings);
    }

    #[test]
    fn damaged_contracts_never_panic(from in 0usize..3000, len in 0usize..40, more in "[ -~\n]{0,12}") {
        for text in [EXAMPLE, GOOD] {
            let chars: Vec<char> = text.chars().collect();
            let from = from.min(chars.len());
            let to = (from + len).min(chars.len());
            let damaged: String = chars[..from].iter().copied().chain(more.chars()).chain(chars[to..].iter().copied()).collect();
            check_findings(&reading(&damaged).findings);
        }
    }

    #[test]
    fn random_lines_of_deliveries_never_panic(text in "[ -~\n,\"]{0,120}") {
        let header = "layer,period,partner,version,delivered_at,sha256,verdict,state\n";
        check_findings(&mutirao_contract::deliveries::read_lines("d.csv", &format!("{header}{text}")).findings);
        check_findings(&mutirao_contract::deliveries::read_lines("d.csv", &text).findings);
    }
}

#[test]
fn numbers_at_the_ends_of_their_types_are_refused_or_read() {
    for value in ["9223372036854775807", "-9223372036854775808", "99999999999999999999999", "1e300", "-1", "0"] {
        for unit in ["d", "mo", "y", "h", "min"] {
            let sla = format!(
                "slaProperties:\n  - {{ property: dueDate, value: {value}, unit: {unit}, element: mining.x }}\n"
            );
            let text = GOOD.replacen("slaProperties:\n", &sla, 1).replacen(
                "freeze:",
                "mining.x: { after: freeze }, freeze:",
                1,
            );
            check_findings(&reading(&text).findings);
            let grace = format!("slaProperties:\n  - {{ property: grace, value: {value}, unit: {unit} }}\n");
            check_findings(&reading(&GOOD.replacen("slaProperties:\n", &grace, 1)).findings);
        }
    }
    for day in ["9999-12-31", "0000-01-01", "-009999-01-01", "2026-02-29", "2026-06-31"] {
        let text = GOOD.replace("2026-06-15", day);
        check_findings(&reading(&text).findings);
    }
}
