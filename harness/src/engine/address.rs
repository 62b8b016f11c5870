//! Which engine: the one that `docker` itself would take.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::env::{self, DockerVariables};
use crate::model::{Error, Result};

const LOCAL: &str = "unix:///var/run/docker.sock";
/// The context that is no context: `DOCKER_HOST`, or the local engine.
const NO_CONTEXT: &str = "default";

/// An engine.
#[derive(Debug, PartialEq, Eq)]
struct Engine {
    address: String,
    /// The folder of the keys to an engine behind TLS.
    keys: Option<PathBuf>,
}

/// The address of the engine. An error if the environment, where bollard and testcontainers look,
/// leads to another one.
pub(crate) fn address() -> Result<String> {
    let variables = env::docker();
    let engine = engine(&variables)?;
    if changes(&variables, &engine).is_empty() {
        return Ok(engine.address);
    }
    Err(Error::DockerElsewhere { address: engine.address })
}

/// Docker's own variables that a program must set (or remove: `None`) before it uses a lab. Only
/// then do all of its parts reach the engine that `docker` itself would take, for example because
/// of `docker context use`.
pub fn engine_variables() -> Result<Vec<(&'static str, Option<OsString>)>> {
    let variables = env::docker();
    let engine = engine(&variables)?;
    Ok(changes(&variables, &engine))
}

fn changes(variables: &DockerVariables, engine: &Engine) -> Vec<(&'static str, Option<OsString>)> {
    match &variables.host {
        Some(host) if *host == engine.address => return Vec::new(),
        None if engine.address == LOCAL => return Vec::new(),
        // It is empty, which `docker` takes for unset.
        Some(_) if engine.address == LOCAL => return vec![("DOCKER_HOST", None)],
        _ => {}
    }
    let mut changes = vec![("DOCKER_HOST", Some(engine.address.clone().into()))];
    if let Some(keys) = &engine.keys {
        changes.push(("DOCKER_CERT_PATH", Some(keys.into())));
        changes.push(("DOCKER_TLS_VERIFY", Some("1".into())));
    }
    changes
}

/// In the order of Docker's command line: `DOCKER_HOST`, `DOCKER_CONTEXT`, `docker context use`.
fn engine(variables: &DockerVariables) -> Result<Engine> {
    let local = |address: &str| Engine { address: address.to_owned(), keys: None };
    let set = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
    let engine = match (set(&variables.host), &variables.config) {
        (Some(address), _) => local(&address),
        (None, None) => local(LOCAL),
        (None, Some(config)) => match set(&variables.context).or_else(|| current(config)) {
            Some(name) if name != NO_CONTEXT => of_context(config, &name)?,
            _ => local(LOCAL),
        },
    };
    match engine.address.strip_prefix("ssh://") {
        Some(host) => Err(Error::DockerRemote { host: host.trim_end_matches('/').to_owned() }),
        None => Ok(engine),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    current_context: Option<String>,
}

/// The context of `docker context use`. Like `docker`, it passes over a broken file.
fn current(config: &Path) -> Option<String> {
    let text = std::fs::read(config.join("config.json")).ok()?;
    serde_json::from_slice::<Config>(&text).ok()?.current_context.filter(|name| !name.is_empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Endpoints {
    docker: Endpoint,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Endpoint {
    host: String,
}

/// Docker stores a context in folders that are named by the hash of its name.
fn of_context(config: &Path, name: &str) -> Result<Engine> {
    let folder = format!("{:x}", Sha256::digest(name));
    let contexts = config.join("contexts");
    let file = contexts.join("meta").join(&folder).join("meta.json");
    let broken =
        |reason: String| Error::DockerContext { name: name.to_owned(), file: file.clone(), reason };
    let text = std::fs::read(&file).map_err(|error| broken(error.to_string()))?;
    let meta: Meta = serde_json::from_slice(&text).map_err(|error| broken(error.to_string()))?;
    let keys = contexts.join("tls").join(&folder).join("docker");
    let keys = keys.is_dir().then_some(keys);
    Ok(Engine { address: meta.endpoints.docker.host, keys })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sha256sum` of "rootless".
    const ROOTLESS: &str = "12b961af5feb3e9d39f93b2cefb9a1a944f18d02cca0cac2f04f5a982240605f";
    const SOCKET: &str = "unix:///run/user/1000/docker.sock";

    fn variables(host: Option<&str>, context: Option<&str>, config: &Path) -> DockerVariables {
        let own = |text: Option<&str>| text.map(str::to_owned);
        DockerVariables { host: own(host), context: own(context), config: Some(config.to_owned()) }
    }

    fn context(config: &Path, name: &str, host: &str) -> PathBuf {
        let hash = format!("{:x}", Sha256::digest(name));
        let folder = config.join("contexts/meta").join(&hash);
        std::fs::create_dir_all(&folder).unwrap();
        let meta = serde_json::json!({
            "Name": name,
            "Metadata": { "Description": "x" },
            "Endpoints": { "docker": { "Host": host, "SkipTLSVerify": false } },
        });
        std::fs::write(folder.join("meta.json"), meta.to_string()).unwrap();
        config.join("contexts/tls").join(hash).join("docker")
    }

    #[test]
    fn the_engine_is_the_one_that_docker_takes() {
        let folder = tempfile::tempdir().unwrap();
        let (bare, config) = (folder.path().join("bare"), folder.path().join("config"));
        context(&config, "rootless", SOCKET);
        context(&config, "other", "unix:///other");
        assert!(config.join("contexts/meta").join(ROOTLESS).is_dir());
        let used = r#"{ "auths": {}, "currentContext": "rootless" }"#;
        std::fs::write(config.join("config.json"), used).unwrap();
        for (host, context, config, expected, changed) in [
            (None, None, &bare, LOCAL, None),
            (Some(""), None, &bare, LOCAL, Some(None)),
            (Some(SOCKET), None, &bare, SOCKET, None),
            (None, None, &config, SOCKET, Some(Some(SOCKET))),
            (Some(""), None, &config, SOCKET, Some(Some(SOCKET))),
            (Some(LOCAL), Some("other"), &config, LOCAL, None),
            (None, Some("other"), &config, "unix:///other", Some(Some("unix:///other"))),
            (None, Some(""), &config, SOCKET, Some(Some(SOCKET))),
            (None, Some("default"), &config, LOCAL, None),
        ] {
            let variables = variables(host, context, config);
            let engine = engine(&variables).unwrap();
            let case = format!("{variables:?}");
            assert_eq!(engine, Engine { address: expected.to_owned(), keys: None }, "{case}");
            let changed = changed.map(|host: Option<&str>| ("DOCKER_HOST", host.map(Into::into)));
            assert_eq!(changes(&variables, &engine), Vec::from_iter(changed), "{case}");
        }
    }

    #[test]
    fn the_keys_of_a_context_go_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = context(folder.path(), "far", "tcp://10.0.0.5:2376");
        std::fs::create_dir_all(&keys).unwrap();
        let variables = variables(None, Some("far"), folder.path());
        let changes = changes(&variables, &engine(&variables).unwrap());
        assert_eq!(
            changes[1..],
            [
                ("DOCKER_CERT_PATH", Some(keys.into_os_string())),
                ("DOCKER_TLS_VERIFY", Some("1".into())),
            ]
        );
    }

    #[test]
    fn what_leads_to_no_engine_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path();
        let fails = |host, context| engine(&variables(host, context, config)).unwrap_err();
        let error = fails(None, Some("nosuch"));
        assert_eq!(error.code(), "SPNLAB-DOCKER-CONTEXT");
        assert!(error.to_string().contains("nosuch"), "{error}");
        context(config, "far", "ssh://root@build");
        for error in [fails(None, Some("far")), fails(Some("ssh://root@build"), None)] {
            assert_eq!((error.code(), error.exit_status()), ("SPNLAB-DOCKER-REMOTE", 3));
            assert!(error.hint().contains("docker.sock root@build"), "{}", error.hint());
        }
    }
}
