//! The shapes of a picture, as paths.
//!
//! Uses: scene.

use crate::scene::Shape;

/// The shape of an account around a middle.
pub(crate) fn shape(shape: Shape, x: i32, y: i32, r: i32) -> String {
    match shape {
        Shape::Computer => format!("M{} {}h{}v{}h-{}z", x - r, y - r, 2 * r, 2 * r, 2 * r),
        Shape::Service => {
            format!("M{} {y}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0z", x - r, 2 * r, 2 * r)
        }
        Shape::Other => {
            let base = y + r * 5 / 6;
            format!("M{x} {}L{} {base}H{}z", y - r - 2, x + r + 3, x - r - 3)
        }
    }
}

/// A keyhole: the shape, and the hole in it.
pub(crate) fn keyhole(of: Shape, x: i32, y: i32, r: i32) -> (String, String) {
    let top = y - 5;
    let hole = format!(
        "M{} {top}a6 6 0 1 1 12 0a6 6 0 0 1 -3.5 5.4l3.5 11.6h-12l3.5 -11.6a6 6 0 0 1 -3.5 -5.4z",
        x - 6
    );
    (shape(of, x, y, r), hole)
}

/// An envelope around a middle.
pub(crate) fn envelope(x: i32, y: i32) -> String {
    let (left, top) = (x - 36, y - 24);
    format!("M{left} {top}h72v48h-72zl36 26l36 -26")
}

/// The head of an arrow that ends at `to`.
pub(crate) fn head(from: i32, to: i32, y: i32) -> String {
    let back = if from < to { -13 } else { 13 };
    format!("M{} {}L{to} {y}L{} {}", to + back, y - 7, to + back, y + 7)
}
