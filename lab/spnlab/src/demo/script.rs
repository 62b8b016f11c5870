//! The steps of the story: what each begins with, what happens, and why.

use spnlab_engineer::ArticleOption;

/// What a step begins with, besides the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Healthy,
    /// `svc_web` holds the names of the article.
    Broken,
    /// Nobody holds them any more, but CLIENT keeps a ticket from before.
    Stale,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Connect,
    Register,
    Browse,
    Query,
    Diagnose,
    Fix(ArticleOption),
    Purge,
}

pub(super) struct Step {
    pub(super) title: &'static str,
    pub(super) why: &'static str,
    pub(super) state: State,
    pub(super) act: Act,
}

const fn step(title: &'static str, state: State, act: Act, why: &'static str) -> Step {
    Step { title, why, state, act }
}

pub(super) const STEPS: [Step; 10] = [
    step(
        "The host is healthy",
        State::Healthy,
        Act::Connect,
        "No account holds HTTP/mem1.contoso.com. The KDC takes HTTP for an alias of HOST, and MEM1$ \
         holds HOST. So it seals the ticket with MEM1$'s key, which WinRM has.",
    ),
    step(
        "Somebody registers the host's HTTP names on the web site's account",
        State::Healthy,
        Act::Register,
        "The web site should log its users on with Kerberos, so somebody registers its name. The \
         site has the name of the host, and an exact name wins over the alias.",
    ),
    step(
        "WinRM fails with 0x80090322",
        State::Broken,
        Act::Connect,
        "The KDC seals the ticket with the key of the holder, svc_web. WinRM runs as MEM1$ and does \
         not have that key. It answers KRB_AP_ERR_MODIFIED (41).",
    ),
    step(
        "The web site works all the while",
        State::Broken,
        Act::Browse,
        "The web site runs as svc_web and has the key that the ticket is sealed with. So nobody \
         misses anything there, and removing the names would break the site.",
    ),
    step(
        "The article asks who holds the name",
        State::Broken,
        Act::Query,
        "klist shows the ticket and not whose key sealed it. setspn -q asks the directory for the \
         holder. None of the causes in Windows' message names it.",
    ),
    step(
        "The diagnosis says what it means",
        State::Broken,
        Act::Diagnose,
        "It compares the holder of the requested name with the account of the host. They differ, so \
         the name is shadowed.",
    ),
    step(
        "Option 1: remove the names from the web site's account",
        State::Broken,
        Act::Fix(ArticleOption::One),
        "Without an exact name the alias answers again, for WinRM and for the web site alike. The \
         site now gets tickets that it cannot decrypt.",
    ),
    step(
        "Option 2: names with the port, for WinRM alone",
        State::Broken,
        Act::Fix(ArticleOption::Two),
        "A client with -IncludePortInSPN asks for HTTP/mem1.contoso.com:5985, which MEM1$ now holds. \
         The web site keeps its names. Every call needs the switch.",
    ),
    step(
        "Option 3: the client asks for WSMAN",
        State::Broken,
        Act::Fix(ArticleOption::Three),
        "The registry value spn_prefix changes the service class that this client asks for, for all \
         hosts. WSMAN has no alias, so MEM1$ must hold the WSMAN names.",
    ),
    step(
        "A stale ticket keeps failing until klist purge",
        State::Stale,
        Act::Purge,
        "The client uses a ticket that it has, up to ten hours. The directory is right again, and \
         the old ticket is still sealed with svc_web's key. The article does not say so.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_of_the_article_has_a_step_and_every_step_a_reason() {
        for option in [ArticleOption::One, ArticleOption::Two, ArticleOption::Three] {
            assert!(STEPS.iter().any(|step| step.act == Act::Fix(option)), "{option}");
        }
        for step in &STEPS {
            assert!(
                step.why.matches(". ").count() <= 2 && step.why.ends_with('.'),
                "{}",
                step.title
            );
        }
    }
}
