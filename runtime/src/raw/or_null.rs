//! Columns of a row that may be missing.

use crate::Row;
use crate::column::Column;
use crate::driver::Failure;
use crate::scalar::FieldType;
use crate::selection::Reader;

/// A column on the side of a join that may be missing; made by [`Column::or_null`].
pub struct OrNull<M, T>(Column<M, T>);

impl<M, T> Column<M, T> {
    /// Reads NULL as `None` although the field is never NULL: the row may be missing, as on the right side of a left join
    /// in raw SQL.
    pub fn or_null(self) -> OrNull<M, T> {
        OrNull(self)
    }
}

impl<M: 'static, T: FieldType> Reader for OrNull<M, T> {
    type Row = Option<T::Inner>;

    fn read(&self, row: &mut Row<'_>) -> Result<Self::Row, Failure> {
        FieldType::read(row, self.0.field())
    }
}
