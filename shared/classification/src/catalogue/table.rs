//! Tables that are part of the crate.

use std::cmp::Ordering;

/// A comma-separated table with one header line, sorted by its first columns where it is searched.
pub(super) struct Table {
    text: &'static str,
}

/// One line of a table.
#[derive(Clone, Copy)]
pub(super) struct Row(&'static str);

impl Table {
    pub(super) const fn new(text: &'static str) -> Self {
        Self { text }
    }

    /// Every row, without the header.
    pub(super) fn rows(&self) -> impl Iterator<Item = Row> + use<> {
        self.text.lines().skip(1).filter(|line| !line.is_empty()).map(Row)
    }

    /// The row that begins with `key`: the first columns, separated by commas.
    ///
    /// Halves the text, so that a look-up needs neither an index nor memory, and costs nothing at
    /// start-up.
    pub(super) fn find(&self, key: &str) -> Option<Row> {
        let mut rest = self.text.split_once('\n')?.1;
        while !rest.is_empty() {
            let (before, line, after) = middle(rest)?;
            match compare(line, key) {
                Ordering::Equal => return Some(Row(line)),
                Ordering::Less => rest = after,
                Ordering::Greater => rest = before,
            }
        }
        None
    }
}

/// The text before the line in its middle, that line, and the text behind it.
fn middle(text: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let half = text.get(..text.len() / 2)?;
    let start = half.rfind('\n').map_or(0, |at| at + 1);
    let (before, line) = text.split_at_checked(start)?;
    let (line, after) = line.split_once('\n').unwrap_or((line, ""));
    Some((before, line, after))
}

/// Compares a line's first columns, as many as the key has, with the key.
fn compare(line: &str, key: &str) -> Ordering {
    let begins = line.as_bytes().get(..key.len());
    if begins == Some(key.as_bytes()) && line.as_bytes().get(key.len()) == Some(&b',') {
        return Ordering::Equal;
    }
    line.cmp(key)
}

impl Row {
    /// The column with that number; empty where the line is too short.
    pub(super) fn field(self, column: usize) -> &'static str {
        self.0.split(',').nth(column).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table = Table::new("a,b,c\nacm,One,1\nacm-pca,One,2\ns3,Put,3\ns3,PutX,4\n");

    #[test]
    fn every_row_is_found_by_its_first_columns() {
        for row in TABLE.rows() {
            let key = format!("{},{}", row.field(0), row.field(1));
            assert_eq!(TABLE.find(&key).map(|found| found.0), Some(row.0));
        }
        assert_eq!(TABLE.find("acm").map(|row| row.field(2)), Some("1"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        for key in ["", "a", "a,b", "acm,Two", "s3,Pu", "s3,PutXY", "s4", "acm,", "acm-"] {
            assert!(TABLE.find(key).is_none(), "{key}");
        }
        assert!(Table::new("a,b").find("x").is_none());
        assert!(Table::new("").find("x").is_none());
    }

    #[test]
    fn a_missing_column_is_empty() {
        assert_eq!(Row("a,b").field(2), "");
    }
}
