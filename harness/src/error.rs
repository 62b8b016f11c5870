//! What can go wrong around a lab, each with a code, an exit status and a next step.

use std::time::Duration;

use testcontainers::bollard;

use crate::labels::Role;

/// Result of the harness.
pub type Result<T> = std::result::Result<T, Error>;

/// Something that kept a lab from starting, answering or being observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The Docker engine does not answer.
    #[error("Docker does not answer at {address}")]
    DockerUnreachable {
        /// Where it was looked for.
        address: String,
        /// What the connection attempt said.
        #[source]
        source: bollard::errors::Error,
    },
    /// The Docker engine is there, but this user may not use it.
    #[error("this user may not talk to Docker at {address}")]
    DockerForbidden {
        /// Where it was looked for.
        address: String,
    },
    /// The Docker engine refused a request.
    #[error("Docker could not {action}")]
    Docker {
        /// What was asked of it.
        action: String,
        /// Its answer.
        #[source]
        source: bollard::errors::Error,
    },
    /// The container library refused a request.
    #[error("the container {part} could not be started")]
    Testcontainers {
        /// Which container.
        part: Role,
        /// Its answer.
        #[source]
        source: testcontainers::TestcontainersError,
    },
    /// The machine has no room left.
    #[error("no space left on the device while trying to {action}")]
    NoSpace {
        /// What was under way.
        action: String,
    },
    /// A program of the host is missing.
    #[error("the program {program} is not installed on this machine")]
    MissingHostProgram {
        /// The program.
        program: &'static str,
        /// The Debian and Ubuntu package that has it.
        package: &'static str,
    },
    /// An image could not be built.
    #[error("the image {image} could not be built: {reason}\n{tail}")]
    ImageBuild {
        /// Which image.
        image: String,
        /// The builder's last word.
        reason: String,
        /// The last lines of the build's output.
        tail: String,
    },
    /// A program that is copied into the lab was not found on the host.
    #[error("the program {program} was not found (looked in {looked_in})")]
    ProgramMissing {
        /// The program.
        program: &'static str,
        /// The folders.
        looked_in: String,
    },
    /// A program built on the host does not start inside the image.
    #[error(
        "{program} was built on this machine but does not start inside the {part} image: {words}"
    )]
    ProgramDoesNotStart {
        /// The program.
        program: &'static str,
        /// Where it should run.
        part: Role,
        /// What the loader said.
        words: String,
    },
    /// A container stopped while the lab was starting.
    #[error(
        "{part} stopped while the lab was starting (exit status {status}); its last lines:\n{}",
        or_nothing(.log)
    )]
    PartDied {
        /// Which container.
        part: Role,
        /// Its exit status.
        status: i64,
        /// The end of its log.
        log: String,
    },
    /// A lab did not start; what its parts said was kept.
    #[error("{error}\nlogs of the parts: {}", logs.display())]
    NotStarted {
        /// Why.
        error: Box<Error>,
        /// Where the logs are.
        logs: std::path::PathBuf,
    },
    /// A fact that was waited for did not come true.
    #[error("{what} was not seen within {}; last seen: {last}", humantime::format_duration(*.within))]
    NotReady {
        /// The fact.
        what: String,
        /// How long it was waited for.
        within: Duration,
        /// The last thing seen instead.
        last: String,
    },
    /// A lab of this name is not running.
    #[error("there is no lab named {name}{}", known_labs(.known))]
    UnknownLab {
        /// The name asked for.
        name: String,
        /// The labs that do run.
        known: Vec<String>,
    },
    /// A lab of this name runs already.
    #[error("a lab named {name} is already running")]
    LabExists {
        /// The name asked for.
        name: String,
    },
    /// A lab has lost one of its parts.
    #[error("the lab {name} has no running {part}")]
    LabIncomplete {
        /// The lab.
        name: String,
        /// The missing part.
        part: Role,
    },
    /// A lab name that Docker or a file system would not take.
    #[error("\"{name}\" is not a name for a lab")]
    BadLabName {
        /// The name asked for.
        name: String,
    },
    /// A program inside a container failed.
    #[error("{command} failed in {part} (exit status {status}): {stderr}")]
    Exec {
        /// Which container.
        part: Role,
        /// The program, without its input.
        command: String,
        /// Its exit status.
        status: i64,
        /// What it said.
        stderr: String,
    },
    /// A program answered with something that cannot be read.
    #[error("{what} cannot be read: {detail}")]
    Unreadable {
        /// The answer.
        what: String,
        /// Why.
        detail: String,
    },
    /// Two observers of one attempt disagree.
    #[error("the observers disagree: {detail}")]
    Disagreement {
        /// Who said what.
        detail: String,
    },
    /// The directory of the lab does not answer as it should.
    #[error("the directory of the lab could not {action}: {detail}")]
    Directory {
        /// What was asked.
        action: &'static str,
        /// Name, number and the server's text.
        detail: String,
    },
    /// The lab does not look like its baseline after a reset.
    #[error("the lab differs from its baseline after the reset: {detail}")]
    NotAtBaseline {
        /// The difference.
        detail: String,
    },
    /// A file of the host could not be used.
    #[error("could not {action}")]
    Io {
        /// What was tried.
        action: String,
        /// The answer of the system.
        #[source]
        source: std::io::Error,
    },
}

fn or_nothing(log: &str) -> &str {
    if log.trim().is_empty() { "(it said nothing)" } else { log.trim_end() }
}

fn known_labs(known: &[String]) -> String {
    if known.is_empty() {
        "; no lab is running".to_owned()
    } else {
        format!("; running: {}", known.join(", "))
    }
}

impl Error {
    /// Stable code of this kind of error, for scripts and for searching.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotStarted { error, .. } => error.code(),
            Self::DockerUnreachable { .. } => "SPNLAB-DOCKER-UNREACHABLE",
            Self::DockerForbidden { .. } => "SPNLAB-DOCKER-FORBIDDEN",
            Self::Docker { .. } | Self::Testcontainers { .. } => "SPNLAB-DOCKER-REFUSED",
            Self::NoSpace { .. } => "SPNLAB-NO-SPACE",
            Self::MissingHostProgram { .. } => "SPNLAB-HOST-PROGRAM",
            Self::ImageBuild { .. } => "SPNLAB-IMAGE-BUILD",
            Self::ProgramMissing { .. } => "SPNLAB-PROGRAM-MISSING",
            Self::ProgramDoesNotStart { .. } => "SPNLAB-PROGRAM-START",
            Self::PartDied { .. } => "SPNLAB-PART-DIED",
            Self::NotReady { .. } => "SPNLAB-NOT-READY",
            Self::UnknownLab { .. } => "SPNLAB-UNKNOWN-LAB",
            Self::LabExists { .. } => "SPNLAB-LAB-EXISTS",
            Self::LabIncomplete { .. } => "SPNLAB-LAB-INCOMPLETE",
            Self::BadLabName { .. } => "SPNLAB-LAB-NAME",
            Self::Exec { .. } => "SPNLAB-EXEC",
            Self::Unreadable { .. } => "SPNLAB-UNREADABLE",
            Self::Disagreement { .. } => "SPNLAB-DISAGREEMENT",
            Self::Directory { .. } => "SPNLAB-DIRECTORY",
            Self::NotAtBaseline { .. } => "SPNLAB-BASELINE",
            Self::Io { .. } => "SPNLAB-IO",
        }
    }

    /// Exit status of a program that ends with this error (see `docs/exit-codes.md`).
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::NotStarted { error, .. } => error.exit_status(),
            Self::BadLabName { .. } => 2,
            Self::DockerUnreachable { .. }
            | Self::DockerForbidden { .. }
            | Self::Docker { .. }
            | Self::Testcontainers { .. }
            | Self::NoSpace { .. } => 3,
            Self::MissingHostProgram { .. }
            | Self::ImageBuild { .. }
            | Self::ProgramMissing { .. } => 4,
            Self::ProgramDoesNotStart { .. } | Self::PartDied { .. } | Self::NotReady { .. } => 5,
            Self::UnknownLab { .. } | Self::LabExists { .. } | Self::LabIncomplete { .. } => 6,
            _ => 1,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NotStarted { error, .. } => error.hint(),
            Self::DockerUnreachable { .. } => {
                "install Docker (Debian, Ubuntu: apt-get install docker.io) or start it (systemctl start docker); DOCKER_HOST names another engine".into()
            }
            Self::DockerForbidden { .. } => {
                "run as root, or add yourself to the group docker (usermod -aG docker $USER) and log in again".into()
            }
            Self::Docker { .. } | Self::Testcontainers { .. } => {
                "the engine's own words are above; `docker info` and the engine's log say more".into()
            }
            Self::NoSpace { .. } => {
                "free some room: the images take about 1 GB; `spnlab down --all` and `docker image prune` remove what is not used".into()
            }
            Self::MissingHostProgram { package, .. } => {
                format!("run ci/setup, or: apt-get install {package}")
            }
            Self::ImageBuild { .. } => {
                "the build needs Debian's package servers: check the network, then try again; what was built so far is kept".into()
            }
            Self::ProgramMissing { .. } => {
                "build it (cargo build --release --workspace), or name its folder in SPNLAB_PROGRAMS".into()
            }
            Self::ProgramDoesNotStart { .. } => {
                "build on Debian 13 or older (the images' C library is Debian 13's, glibc 2.41) and for the engine's architecture, then name the folder in SPNLAB_PROGRAMS".into()
            }
            Self::PartDied { .. } | Self::NotReady { .. } => {
                "read the logs named above; run the command again to see whether it repeats".into()
            }
            Self::UnknownLab { .. } => "`spnlab list` shows the labs; `spnlab up` starts one".into(),
            Self::LabExists { name } => {
                format!("use it, or remove it first: spnlab down --name {name}")
            }
            Self::LabIncomplete { name, part: Role::Dc2 } => {
                format!("a second domain controller comes with: spnlab down --name {name} && spnlab up --name {name} --two-dcs")
            }
            Self::LabIncomplete { name, .. } => {
                format!("remove the rest and start anew: spnlab down --name {name} && spnlab up --name {name}")
            }
            Self::BadLabName { .. } => {
                "use 1 to 32 lower-case letters, digits and dashes, beginning with a letter".into()
            }
            Self::Exec { .. } | Self::Unreadable { .. } | Self::Directory { .. } => {
                "`spnlab logs` shows what the parts of the lab said".into()
            }
            Self::Disagreement { .. } => {
                "this is a defect of the lab: please report it with the evidence folder".into()
            }
            Self::NotAtBaseline { .. } => "replace the lab: spnlab down, then spnlab up".into(),
            Self::Io { .. } => "check the path and its permissions".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_lab_names_the_known_ones() {
        let error = Error::UnknownLab { name: "x".into(), known: vec!["a".into(), "b".into()] };
        assert_eq!(error.to_string(), "there is no lab named x; running: a, b");
        let error = Error::UnknownLab { name: "x".into(), known: vec![] };
        assert_eq!(error.to_string(), "there is no lab named x; no lab is running");
    }
}
