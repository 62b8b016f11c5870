//! Draws what a connection did: who asked whom, whose key seals the ticket, which door it opened.
//!
//! Everything here is a pure function of what the judge saw: an attempt or a visit becomes a
//! [`Scene`], and a scene becomes a picture ([`svg`]) or a table ([`table`]).

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod text;

mod scene;

mod messages;

mod tell;

mod shapes;

mod draw;

mod record;

pub use draw::{style, svg, svg_alone, table};
pub use record::{Record, Recorded};
pub use scene::{
    Change, Door, DoorState, Key, Lookup, Message, Part, Scene, Seen, Shape, TriedKey,
};
pub use text::shown;
