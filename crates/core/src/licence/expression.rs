//! SPDX expressions: ids, `AND`, `OR`, `WITH`, parentheses (SPDX 3.0, annex B).

/// More alternatives than this are refused: `AND` of `OR`s multiplies them.
const MAX_ALTERNATIVES: usize = 256;

/// The ways to fulfil an expression, each the ids that hold together; none where it is no expression. `AND` binds closer than
/// `OR`; an id `WITH` an exception is one id.
pub fn alternatives(expression: &str) -> Vec<Vec<String>> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ");
    let mut words = Words { words: spaced.split_whitespace().collect(), at: 0 };
    match words.either() {
        Some(ways) if words.at == words.words.len() => ways,
        _ => Vec::new(),
    }
}

struct Words<'a> {
    words: Vec<&'a str>,
    at: usize,
}

impl<'a> Words<'a> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at) == Some(&word);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Option<Vec<Vec<String>>> {
        let mut ways = self.together()?;
        while self.take("OR") {
            ways.extend(self.together()?);
        }
        (ways.len() <= MAX_ALTERNATIVES).then_some(ways)
    }

    fn together(&mut self) -> Option<Vec<Vec<String>>> {
        let mut ways = self.one()?;
        while self.take("AND") {
            let more = self.one()?;
            if ways.len() * more.len() > MAX_ALTERNATIVES {
                return None;
            }
            ways = ways.iter().flat_map(|way| more.iter().map(|other| [&way[..], &other[..]].concat())).collect();
        }
        Some(ways)
    }

    fn one(&mut self) -> Option<Vec<Vec<String>>> {
        if self.take("(") {
            let ways = self.either()?;
            return self.take(")").then_some(ways);
        }
        let id = self.id()?;
        if self.take("WITH") {
            let exception = self.id()?;
            return Some(vec![vec![format!("{id} WITH {exception}")]]);
        }
        Some(vec![vec![id.to_owned()]])
    }

    fn id(&mut self) -> Option<&'a str> {
        let word = *self.words.get(self.at)?;
        self.at += 1;
        (!matches!(word, "AND" | "OR" | "WITH" | "(" | ")")).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(expression: &str) -> String {
        let ways = alternatives(expression);
        ways.iter().map(|way| way.join("+")).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert_eq!(ways("A"), "A");
        assert_eq!(ways("A OR B AND C"), "A | B+C");
        assert_eq!(ways("(A OR B) AND C"), "A+C | B+C");
        assert_eq!(ways("A WITH x AND (B OR (C AND D))"), "A WITH x+B | A WITH x+C+D");
    }

    #[test]
    fn what_is_no_expression_has_no_way() {
        for text in ["", "A B", "A OR", "(A", "A)", "AND", "A WITH", "()"] {
            assert_eq!(ways(text), "", "{text}");
        }
        let many = vec!["(A OR B)"; 20].join(" AND ");
        assert!(alternatives(&many).is_empty(), "it would be a million");
    }
}
