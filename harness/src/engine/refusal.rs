//! The engine's refusals in our words.

use testcontainers::bollard::errors::Error as BollardError;

use crate::model::Error;

/// The error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let words = next.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = next.source();
    }
    text
}

/// Turns an engine's refusal into our error. Refusals with different next steps become different
/// errors.
pub(crate) fn refused(action: impl Into<String>) -> impl FnOnce(BollardError) -> Error {
    let action = action.into();
    move |source| {
        if chain(&source).contains("no space left on device") {
            Error::NoSpace { action }
        } else if chain(&source).contains("is paused") {
            Error::PartPaused { action }
        } else {
            Error::Docker { action, source }
        }
    }
}

/// Whether the engine says that the object does not exist (any more).
pub(crate) fn is_gone(error: &BollardError) -> bool {
    matches!(error, BollardError::DockerResponseServerError { status_code: 404, .. })
}

/// Whether the engine says that it is already removing the object.
pub(crate) fn is_going(error: &BollardError) -> bool {
    matches!(error, BollardError::DockerResponseServerError { status_code: 409, .. })
}

/// Whether the engine's refusal contains this word.
pub(crate) fn says(error: &BollardError, word: &str) -> bool {
    matches!(error, BollardError::DockerResponseServerError { message, .. } if message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_with_a_next_step_of_its_own_is_known_by_its_words() {
        let code = |message: &str| {
            let message = message.to_owned();
            let error = BollardError::DockerResponseServerError { status_code: 409, message };
            refused("x")(error).code()
        };
        assert_eq!(code("Container c8 is paused, unpause it"), "SPNLAB-PART-PAUSED");
        assert_eq!(code("write: no space left on device"), "SPNLAB-NO-SPACE");
        assert_eq!(code("conflict"), "SPNLAB-DOCKER-REFUSED");
    }
}
