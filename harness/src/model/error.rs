//! What can go wrong around a lab. Each error has a code, an exit status and a next step.

use std::time::Duration;

use testcontainers::bollard;

use super::{Role, exit_status};

/// Result of the harness.
pub type Result<T> = std::result::Result<T, Error>;

/// Turns a difference from the baseline into an error.
pub(crate) fn no_difference(difference: Option<String>) -> Result<()> {
    difference.map_or(Ok(()), |detail| Err(Error::NotAtBaseline { detail }))
}

/// Something that kept a lab from starting, answering or being observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The Docker engine does not answer.
    #[error("Docker does not answer at {address}")]
    DockerUnreachable {
        /// The address that the harness tried.
        address: String,
        /// What the connection attempt said.
        #[source]
        source: bollard::errors::Error,
    },
    /// The Docker engine is there, but this user may not use it.
    #[error("this user may not talk to Docker at {address}")]
    DockerForbidden {
        /// The address that the harness tried.
        address: String,
    },
    /// The chosen context of Docker is unusable.
    #[error("Docker's context {name} cannot be read from {}: {reason}", file.display())]
    DockerContext {
        /// Its name.
        name: String,
        /// Where Docker keeps it.
        file: std::path::PathBuf,
        /// Why it is unusable.
        reason: String,
    },
    /// The chosen engine is on another machine.
    #[error("spnlab does not open ssh://{host} itself")]
    DockerRemote {
        /// That machine, with the user.
        host: String,
    },
    /// A context chose an engine, and the environment does not name it.
    #[error("Docker's settings choose the engine at {address}, and DOCKER_HOST does not name it")]
    DockerElsewhere {
        /// The engine's address.
        address: String,
    },
    /// The Docker engine refused a request.
    #[error("Docker could not {action}")]
    Docker {
        /// The request.
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
        /// The action that needed room.
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
    /// The engine lacks images that only somebody with the sources can build.
    #[error("the engine has no image {}", missing.join(", "))]
    NoImages {
        /// Their tags.
        missing: Vec<String>,
    },
    /// A file is not what `bundle` writes.
    #[error("{} is no bundle of spnlab's", file.display())]
    NoBundle {
        /// The file.
        file: std::path::PathBuf,
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
    /// A lab did not start. The harness kept the logs of its parts.
    #[error("{error}\nlogs of the parts: {}", logs.display())]
    NotStarted {
        /// Why. Its own cause is in the engine's words.
        #[source]
        error: Box<Error>,
        /// Where the logs are.
        logs: std::path::PathBuf,
    },
    /// An attempt could not be judged. The judge kept what it saw of it.
    #[error("{error}\nevidence: {}", evidence.display())]
    NotJudged {
        /// Why.
        #[source]
        error: Box<Error>,
        /// Where the evidence is.
        evidence: std::path::PathBuf,
    },
    /// A fact did not come true in time.
    #[error("{what} was not seen within {}; last seen: {last}", humantime::format_duration(*.within))]
    NotReady {
        /// The fact.
        what: String,
        /// How long the harness waited.
        within: Duration,
        /// What the harness saw last instead.
        last: String,
    },
    /// A lab of this name is not running.
    #[error("there is no lab named {name}{}", known_labs(.known))]
    UnknownLab {
        /// The requested name.
        name: String,
        /// The labs that do run.
        known: Vec<String>,
    },
    /// A lab of this name runs already.
    #[error("a lab named {name} is already running")]
    LabExists {
        /// The requested name.
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
    /// A part of the lab is paused, so nothing can run in it.
    #[error("a part of the lab is paused, so spnlab could not {action}")]
    PartPaused {
        /// What could not be done.
        action: String,
    },
    /// The lab was removed while this program used it.
    #[error("the lab {name} was removed meanwhile")]
    LabGone {
        /// The lab.
        name: String,
    },
    /// A lab name that Docker or a file system would not accept.
    #[error("\"{name}\" is not a name for a lab")]
    BadLabName {
        /// The requested name.
        name: String,
    },
    /// The ranges of the labs' networks cannot be read.
    #[error("SPNLAB_SUBNETS is \"{value}\", which is no list of IPv4 networks")]
    BadSubnets {
        /// The value of `SPNLAB_SUBNETS`.
        value: String,
    },
    /// The ranges of the labs' networks have no free network.
    #[error("no network of 32 addresses is free in {ranges} (SPNLAB_SUBNETS)")]
    NoSubnet {
        /// The ranges.
        ranges: String,
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
    /// A program's answer cannot be read.
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
        /// What it should have done.
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
        /// The action that failed.
        action: String,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
}

/// The next step when observers disagree.
const DEFECT: &str = "this is a defect of the lab: please report it";

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
            Self::NotStarted { error, .. } | Self::NotJudged { error, .. } => error.code(),
            Self::DockerUnreachable { .. } => "SPNLAB-DOCKER-UNREACHABLE",
            Self::DockerForbidden { .. } => "SPNLAB-DOCKER-FORBIDDEN",
            Self::DockerContext { .. } => "SPNLAB-DOCKER-CONTEXT",
            Self::DockerRemote { .. } => "SPNLAB-DOCKER-REMOTE",
            Self::DockerElsewhere { .. } => "SPNLAB-DOCKER-ELSEWHERE",
            Self::Docker { .. } | Self::Testcontainers { .. } => "SPNLAB-DOCKER-REFUSED",
            Self::NoSpace { .. } => "SPNLAB-NO-SPACE",
            Self::MissingHostProgram { .. } => "SPNLAB-HOST-PROGRAM",
            Self::ImageBuild { .. } => "SPNLAB-IMAGE-BUILD",
            Self::NoImages { .. } => "SPNLAB-NO-IMAGES",
            Self::NoBundle { .. } => "SPNLAB-NO-BUNDLE",
            Self::ProgramMissing { .. } => "SPNLAB-PROGRAM-MISSING",
            Self::ProgramDoesNotStart { .. } => "SPNLAB-PROGRAM-START",
            Self::PartDied { .. } => "SPNLAB-PART-DIED",
            Self::NotReady { .. } => "SPNLAB-NOT-READY",
            Self::UnknownLab { .. } => "SPNLAB-UNKNOWN-LAB",
            Self::LabExists { .. } => "SPNLAB-LAB-EXISTS",
            Self::LabIncomplete { .. } => "SPNLAB-LAB-INCOMPLETE",
            Self::LabGone { .. } => "SPNLAB-LAB-GONE",
            Self::PartPaused { .. } => "SPNLAB-PART-PAUSED",
            Self::BadLabName { .. } => "SPNLAB-LAB-NAME",
            Self::BadSubnets { .. } => "SPNLAB-SUBNETS",
            Self::NoSubnet { .. } => "SPNLAB-NO-SUBNET",
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
            Self::NotStarted { error, .. } | Self::NotJudged { error, .. } => error.exit_status(),
            Self::BadLabName { .. } | Self::BadSubnets { .. } => exit_status::USAGE,
            Self::DockerUnreachable { .. }
            | Self::DockerForbidden { .. }
            | Self::DockerContext { .. }
            | Self::DockerRemote { .. }
            | Self::DockerElsewhere { .. }
            | Self::Docker { .. }
            | Self::Testcontainers { .. }
            | Self::NoSubnet { .. }
            | Self::NoSpace { .. } => exit_status::DOCKER,
            Self::MissingHostProgram { .. }
            | Self::ImageBuild { .. }
            | Self::NoImages { .. }
            | Self::ProgramMissing { .. } => exit_status::IMAGES,
            Self::ProgramDoesNotStart { .. } | Self::PartDied { .. } | Self::NotReady { .. } => {
                exit_status::START
            }
            Self::UnknownLab { .. }
            | Self::LabExists { .. }
            | Self::LabIncomplete { .. }
            | Self::LabGone { .. }
            | Self::PartPaused { .. } => exit_status::LAB,
            Self::NoBundle { .. } | Self::Io { .. } => exit_status::FILES,
            _ => exit_status::BUG,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::NotStarted { error, .. } => error.hint(),
            Self::NotJudged { error, evidence } => match &**error {
                Self::Disagreement { .. } => {
                    format!("{DEFECT} with the folder {}", evidence.display())
                }
                error => error.hint(),
            },
            Self::DockerUnreachable { .. } => {
                "install Docker (Debian, Ubuntu: apt-get install docker.io) or start it (systemctl start docker); DOCKER_HOST names another engine".into()
            }
            Self::DockerForbidden { .. } => {
                "run as root, or add yourself to the group docker (usermod -aG docker $USER) and log in again".into()
            }
            Self::DockerContext { .. } => {
                "`docker context ls` shows the contexts; `docker context use default` takes the local engine".into()
            }
            Self::DockerRemote { host } => {
                format!("forward its socket: ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {host} & export DOCKER_HOST=unix:///tmp/docker.sock")
            }
            Self::DockerElsewhere { address } => format!("export DOCKER_HOST={address}"),
            Self::Docker { .. } | Self::Testcontainers { .. } => {
                "the engine's own words are above; `docker info` and the engine's log say more".into()
            }
            Self::NoSpace { .. } => {
                "free some room: the images take about 1 GB; `spnlab down --all` and `docker image prune` remove what is not used".into()
            }
            Self::MissingHostProgram { package, .. } => {
                format!("run ci/setup, or: apt-get install {package}; `spnlab load` takes built images from a bundle")
            }
            Self::ImageBuild { .. } => {
                "the build needs Debian's package servers: check the network, then try again; what was built so far is kept".into()
            }
            Self::NoImages { .. } => {
                "ci/image builds them (with --samba 4.17 those of that Samba); `spnlab load` takes them from a bundle".into()
            }
            Self::NoBundle { .. } => "`spnlab bundle -o FILE` writes one".into(),
            Self::ProgramMissing { .. } => {
                "spnlab alone starts no lab: it copies spnlab-agent, winrmd, winrm-client, setspn and libspnlab_sockets.so into each. ci/setup --install puts them beside it, cargo build --workspace builds them; SPNLAB_PROGRAMS names another folder".into()
            }
            Self::ProgramDoesNotStart { .. } => {
                "build on Debian 13 or older (the images' C library is Debian 13's, glibc 2.41; dc1's with Samba 4.17 is Debian 12's, 2.36) and for the engine's architecture, then name the folder in SPNLAB_PROGRAMS".into()
            }
            Self::PartDied { .. } | Self::NotReady { .. } => {
                "read the logs named above; run the command again to see whether it repeats".into()
            }
            Self::UnknownLab { .. } | Self::LabGone { .. } => "`spnlab list` shows the labs; `spnlab up` starts one".into(),
            Self::LabExists { name } => {
                format!("use it, or remove it first: spnlab down --name {name}")
            }
            Self::LabIncomplete { name, part: Role::Dc2 } => {
                format!("a second domain controller comes with: spnlab down --name {name} && spnlab up --name {name} --two-dcs")
            }
            Self::LabIncomplete { name, .. } => {
                format!("remove the rest and start anew: spnlab down --name {name} && spnlab up --name {name}")
            }
            Self::PartPaused { .. } => {
                "`spnlab list` names the part; `docker ps` names its container, `docker unpause` lets it go on".into()
            }
            Self::BadLabName { .. } => {
                "use 1 to 32 lower-case letters, digits and dashes, beginning with a letter".into()
            }
            Self::BadSubnets { .. } => {
                "name networks of 32 addresses or more, such as SPNLAB_SUBNETS=10.213.0.0/16,10.214.0.0/16".into()
            }
            Self::NoSubnet { .. } => {
                "every part of it is a network of Docker's or a route of this host: remove labs (spnlab list, docker network ls), or name a range that is free in SPNLAB_SUBNETS, such as 198.18.0.0/16".into()
            }
            Self::Exec { .. } | Self::Unreadable { .. } | Self::Directory { .. } => {
                "`spnlab logs` shows what the parts of the lab said".into()
            }
            Self::Disagreement { .. } => DEFECT.into(),
            Self::NotAtBaseline { .. } => "replace the lab: spnlab down, then spnlab up".into(),
            Self::Io { .. } => {
                "check the path, its permissions and the room; SPNLAB_EVIDENCE names another folder for evidence, XDG_STATE_HOME another one for everything that spnlab keeps".into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disagreement_names_the_folder_that_was_kept_and_no_other() {
        let disagreement = || Error::Disagreement { detail: "x".into() };
        assert!(!disagreement().hint().contains("folder"));
        let evidence = std::path::PathBuf::from("/tmp/e");
        let kept = Error::NotJudged { error: Box::new(disagreement()), evidence };
        assert_eq!((kept.code(), kept.exit_status()), ("SPNLAB-DISAGREEMENT", 1));
        assert!(kept.hint().ends_with("report it with the folder /tmp/e"), "{}", kept.hint());
        assert_eq!(kept.to_string(), "the observers disagree: x\nevidence: /tmp/e");
    }

    #[test]
    fn an_unknown_lab_names_the_known_ones() {
        let error = Error::UnknownLab { name: "x".into(), known: vec!["a".into(), "b".into()] };
        assert_eq!(error.to_string(), "there is no lab named x; running: a, b");
        let error = Error::UnknownLab { name: "x".into(), known: vec![] };
        assert_eq!(error.to_string(), "there is no lab named x; no lab is running");
    }
}
