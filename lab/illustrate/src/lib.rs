//! Names every byte of the messages of a connection, and opens what is sealed.
//!
//! [`dissect`] turns a capture into [`Block`]s: each message with all its fields, the tokens inside
//! HTTP, and the sealed parts that the given keys open. It decrypts with picky-krb and does no I/O.
//! [`page`] shows them.

// The rooms, lowest first. A room uses only rooms above it in this list. The first lines of each
// room name the rooms that it uses.
mod field;

mod schema;

mod walk;

mod keys;

mod http;

mod dissect;

mod page;

pub use dissect::dissect;
pub use field::{Block, Field, FieldPart};
pub use keys::{Key, joined, keytab};
pub use page::{Chapter, page};
