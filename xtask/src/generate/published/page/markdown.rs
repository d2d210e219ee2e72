//! Tables and links of Markdown.

/// A table.
pub fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let rule = ["---"; N].join("|");
    let rows: Vec<String> = rows.into_iter().map(|cells| row(&cells)).collect();
    format!("{}\n|{rule}|\n{}", row(&head.map(str::to_owned)), rows.join("\n"))
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |", cells.join(" | "))
}

/// A name of a machine's; nothing where there is none.
pub fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}

/// The part of an address by which a heading is reached.
pub fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// `1 control`, `2 controls`.
pub fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_does_not_end_a_cell() {
        let rows = [["x|y".to_owned(), String::new()]];
        assert_eq!(table(["a", "b"], rows), "| a | b |\n|---|---|\n| x\\|y |  |");
    }

    #[test]
    fn a_heading_is_reached_without_its_marks() {
        assert_eq!(anchor("Amazon S3 (Glacier), on-site"), "amazon-s3-glacier-on-site");
    }
}
