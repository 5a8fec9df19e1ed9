//! Columns of files whose rows are items, such as banks of questions.

/// The columns of a file by their meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowColumns {
    /// The column with the number of a row, or its id.
    pub id: Option<String>,
    /// The column with the title.
    pub title: Option<String>,
    /// The columns with further texts.
    pub body: Vec<String>,
    /// True if the further texts are Markdown, and not plain text.
    pub is_markdown: bool,
}
