//! A lab, its console, and a browser.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use spnlab_harness::{Lab, LabSpec, Lifetime, Progress, WinrmSettings};
use spnlab_scenarios::samba;
use tempfile::TempDir;
use thirtyfour::{
    By, CapabilitiesHelper as _, ChromiumLikeCapabilities as _, DesiredCapabilities, Key,
    TypingData, WebDriver,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const BROWSER: &str = "/usr/bin/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";
/// The longest wait for something on the page.
const PATIENCE: Duration = Duration::from_secs(60);
/// The screen of a projector.
const SCREEN: (u32, u32) = (1280, 720);

/// Why there is no browser.
pub(crate) fn missing() -> Option<String> {
    let missing = [BROWSER, DRIVER].into_iter().find(|path| !Path::new(path).exists())?;
    Some(format!("{missing} is not there (Debian: chromium, chromium-driver)"))
}

pub(crate) struct Room {
    pub(crate) lab: Arc<Lab>,
    pub(crate) browser: WebDriver,
    /// The address with the key.
    pub(crate) address: String,
    driver_at: String,
    folder: TempDir,
    driver: Child,
    console: Child,
}

impl Room {
    pub(crate) async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let progress = Progress::new(|text| eprintln!("{text}"));
        let spec = LabSpec { samba: samba(), ..LabSpec::new("browser", Lifetime::Scope) };
        let lab =
            Arc::new(Lab::start_with(&spec, WinrmSettings::default(), &progress).await.unwrap());
        let mut console = spnlab(&lab, folder.path(), &["console"]).spawn().unwrap();
        let address = said(&mut console, |line| line.starts_with("http").then(|| line.to_owned()));
        let address = address.await;
        let mut driver = Command::new(DRIVER);
        // Any free port.
        driver.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut driver = driver.spawn().unwrap();
        let on_port = |line: &str| {
            line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        };
        let port: u16 = said(&mut driver, on_port).await;
        let driver_at = format!("http://127.0.0.1:{port}");
        let browser = browser(&driver_at, &folder, true).await;
        Self { lab, browser, address, driver_at, folder, driver, console }
    }

    /// The host of the address.
    pub(crate) fn host(&self) -> &str {
        self.address.split('/').nth(2).unwrap()
    }

    /// The key of the address.
    pub(crate) fn key(&self) -> &str {
        self.address.split_once("key=").unwrap().1
    }

    /// Opens the page of a lab at its baseline.
    pub(crate) async fn begin(&self) {
        self.lab.mend().await.unwrap();
        self.lab.reset().await.unwrap();
        self.browser.goto(&self.address).await.unwrap();
    }

    /// Runs a check. A panic ends the check alone.
    pub(crate) async fn play(self, name: &'static str) -> (Self, bool) {
        let room = Arc::new(self);
        let own = Arc::clone(&room);
        let ended = tokio::spawn(async move { crate::check(name, &own).await }).await;
        if let (Err(_), Ok(page)) = (&ended, room.browser.source().await) {
            println!("the page was:\n{page}");
        }
        (Arc::into_inner(room).unwrap(), ended.is_ok())
    }

    /// A second browser, which runs no script of a page.
    pub(crate) async fn browser_without_scripts(&self) -> WebDriver {
        browser(&self.driver_at, &self.folder, false).await
    }

    /// `spnlab` with these words, for this lab.
    pub(crate) async fn spnlab(&self, words: &[&str]) -> i32 {
        let mut child = spnlab(&self.lab, self.folder.path(), words).spawn().unwrap();
        child.wait().await.unwrap().code().unwrap()
    }

    /// Waits until an expression of JavaScript holds.
    pub(crate) async fn until(&self, holds: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const look = () => {{
               if (!({holds})) return;
               watcher.disconnect();
               document.removeEventListener('focusin', look);
               done();
             }};
             const watcher = new MutationObserver(look);
             const everything = {{ childList: true, subtree: true, characterData: true, attributes: true }};
             watcher.observe(document, everything);
             document.addEventListener('focusin', look);
             look();"
        );
        let waited = self.browser.execute_async(script, Vec::<Value>::new()).await;
        assert!(waited.is_ok(), "it did not come: {holds}: {waited:?}");
    }

    /// The value of an expression of JavaScript.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        let script = format!("return ({expression});");
        self.browser.execute(script, Vec::<Value>::new()).await.unwrap().json().clone()
    }

    pub(crate) async fn press(&self, keys: impl Into<TypingData>) {
        self.browser.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Shift+Tab.
    pub(crate) async fn tab_back(&self) {
        let keys = self.browser.action_chain().key_down(Key::Shift).send_keys(Key::Tab);
        keys.key_up(Key::Shift).perform().await.unwrap();
    }

    /// Presses Tab until the focus is on what the selector finds.
    pub(crate) async fn tab_to(&self, selector: &str) {
        for _ in 0..60 {
            let there = format!("document.activeElement.matches({})", json!(selector));
            if self.value(&there).await == Value::Bool(true) {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("Tab does not reach {selector}");
    }

    pub(crate) async fn has(&self, selector: &str) -> bool {
        self.browser.find(By::Css(selector)).await.is_ok()
    }

    /// Sets the size of the window in CSS pixels.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.browser.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.unwrap();
    }

    /// What the user's system says about movement: `reduce` or `no-preference`.
    pub(crate) async fn motion(&self, value: &str) {
        let media = json!({ "features": [{ "name": "prefers-reduced-motion", "value": value }] });
        self.browser.cdp().send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
    }

    pub(crate) async fn close(mut self) {
        self.browser.quit().await.unwrap();
        self.driver.kill().await.unwrap();
        self.console.kill().await.unwrap();
        Arc::into_inner(self.lab).unwrap().shutdown().await.unwrap();
    }
}

/// `spnlab` in the folder of this test.
fn spnlab(lab: &Lab, folder: &Path, words: &[&str]) -> Command {
    // Cargo puts tests into a folder beside the programs.
    let test = std::env::current_exe().unwrap();
    let mut command = Command::new(test.ancestors().nth(2).unwrap().join("spnlab"));
    command
        .args(words)
        .env("SPNLAB_NAME", &lab.identity().session)
        .env("SPNLAB_EVIDENCE", folder.join("evidence"))
        .env("XDG_STATE_HOME", folder)
        .env("USER", "ann")
        .env_remove("SUDO_USER")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// What `pick` finds in the lines that a program prints.
async fn said<T>(child: &mut Child, pick: impl Fn(&str) -> Option<T>) -> T {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(found) = pick(&line) {
            return found;
        }
    }
    panic!("the program ended without a word");
}

async fn browser(driver_at: &str, folder: &TempDir, scripts: bool) -> WebDriver {
    let mut wanted = DesiredCapabilities::chrome();
    let profile: PathBuf = folder.path().join(format!("profile-{scripts}"));
    let profile = format!("--user-data-dir={}", profile.display());
    let size = format!("--window-size={},{}", SCREEN.0, SCREEN.1);
    for word in ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", &profile, &size] {
        wanted.add_arg(word).unwrap();
    }
    wanted.set("pageLoadStrategy", "eager").unwrap();
    if !scripts {
        let off = json!({ "profile.managed_default_content_settings.javascript": 2 });
        wanted.add_experimental_option("prefs", off).unwrap();
    }
    let browser = WebDriver::new(driver_at, wanted).await.unwrap();
    browser.set_script_timeout(PATIENCE).await.unwrap();
    browser
}
