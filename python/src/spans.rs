//! The column of `explain_batch`: for each row the list of its mojibake.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{Array, ArrayRef, ListArray, StringArray, StructArray, UInt64Array};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};

use crate::row::Span;

fn fields() -> Fields {
    let text = |name: &str, nullable| Field::new(name, DataType::Utf8, nullable);
    let candidate = Field::new("item", DataType::Utf8, true);
    Fields::from(vec![
        Field::new("start", DataType::UInt64, false),
        Field::new("end", DataType::UInt64, false),
        text("found", false),
        text("repair", true),
        text("recipe", false),
        text("certainty", false),
        text("cause", false),
        text("left", true),
        Field::new("candidates", DataType::List(Arc::new(candidate)), false),
    ])
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Struct(fields()), false))
}

/// Returns the type of the column.
pub(crate) fn data_type() -> DataType {
    DataType::List(item())
}

/// Returns the column; each row is `None` if it is null.
pub(crate) fn column(rows: &[Option<&[Span]>]) -> ArrayRef {
    let all: Vec<&Span> = rows.iter().flatten().copied().flatten().collect();
    let text = |of: fn(&Span) -> Option<&str>| -> ArrayRef {
        Arc::new(all.iter().map(|span| of(span)).collect::<StringArray>())
    };
    let mut candidates = ListBuilder::new(StringBuilder::new());
    for span in &all {
        for candidate in &span.candidates {
            candidates.values().append_value(candidate);
        }
        candidates.append(true);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(UInt64Array::from_iter_values(all.iter().map(|span| span.start))),
        Arc::new(UInt64Array::from_iter_values(all.iter().map(|span| span.end))),
        text(|span| Some(&span.found)),
        text(|span| span.repair.as_deref()),
        text(|span| Some(&span.recipe)),
        text(|span| Some(span.certainty)),
        text(|span| Some(span.cause)),
        text(|span| span.left),
        Arc::new(candidates.finish()),
    ];
    let spans = if all.is_empty() {
        arrow_array::new_empty_array(item().data_type())
    } else {
        Arc::new(StructArray::new(fields(), columns, None))
    };
    lists(rows.iter().map(|row| row.map(<[Span]>::len)), item(), spans)
}

/// Returns a list for each of the lengths, of the elements in order; `None` is null.
pub(crate) fn lists(lengths: impl Iterator<Item = Option<usize>>, item: Arc<Field>, elements: ArrayRef) -> ArrayRef {
    let lengths: Vec<Option<usize>> = lengths.collect();
    let nulls =
        lengths.iter().any(Option::is_none).then(|| lengths.iter().map(Option::is_some).collect::<NullBuffer>());
    let offsets = OffsetBuffer::from_lengths(lengths.into_iter().map(Option::unwrap_or_default));
    debug_assert_eq!(offsets.last().map(|last| *last as usize), Some(elements.len()));
    Arc::new(ListArray::new(item, offsets, elements, nulls))
}
