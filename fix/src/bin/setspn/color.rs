//! Whether standard error gets colours.

use std::io;

use anstream::{AutoStream, ColorChoice};
use spnfix::setspn::Color;

/// `auto` means a terminal, and what `NO_COLOR`, `CLICOLOR` and `TERM` say.
pub(crate) fn colored(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&io::stderr()) != ColorChoice::Never,
    }
}
