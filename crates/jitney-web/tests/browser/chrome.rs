//! Chromium, driven by its WebDriver.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use fantoccini::elements::Element;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use jitney_domain::{MemberId, Role};
use serde_json::json;

use crate::stage::Stage;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a page that is there takes at most to put the focus where it says.
const SOON: Duration = Duration::from_secs(2);
/// Tells whether the page has yet to put the focus somewhere.
const STILL_TO_FOCUS: &str =
    "return document.activeElement === document.body && document.querySelector('[autofocus]') !== null;";

/// A phone in the hand.
pub const PHONE: (u32, u32) = (390, 844);
/// A screen on a desk.
pub const DESK: (u32, u32) = (1280, 900);

/// A driver program that ends with the test.
struct Driver {
    child: Child,
    port: u16,
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A browser before a site that really listens.
pub struct Chrome {
    pub client: Client,
    pub at: SocketAddr,
    _driver: Driver,
}

/// How a browser is set up.
#[derive(Clone, Copy)]
pub struct Setup {
    pub size: (u32, u32),
    pub language: &'static str,
}

impl Setup {
    pub fn of(size: (u32, u32)) -> Self {
        Setup { size, language: "en" }
    }
}

/// Returns whether there is a browser, and says so if not.
pub fn is_there() -> bool {
    let there = ["chromium", "chromedriver"].iter().all(|program| find(program).is_some());
    if !there {
        println!("skipped: no browser; install chromium and chromium-driver");
    }
    there
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn start_driver() -> Driver {
    let mut child = Command::new(find("chromedriver").unwrap())
        .arg("--port=0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Whoever prints to a pipe that nobody reads ends.
    std::thread::spawn(move || lines.for_each(drop));
    Driver { child, port: port.unwrap() }
}

impl Chrome {
    /// Opens a browser before the stage's site.
    pub async fn open(stage: &Stage, setup: Setup) -> Chrome {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let settings = jitney_web::Settings {
            coop: "Willow Lifts".to_owned(),
            phone: Some("+33 1 55 55 01 00".to_owned()),
            public_url: None,
            map: Some(stage.map()),
        };
        let handle = stage.node.handle();
        stage.node.spawn(async move { drop(jitney_web::serve(listener, handle, settings).await) });
        let driver = start_driver();
        let (width, height) = setup.size;
        let mut options = json!({
            "args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--force-prefers-reduced-motion",
                     format!("--window-size={width},{height}"), format!("--lang={}", setup.language)],
            "prefs": {"intl.accept_languages": setup.language},
        });
        if width < 600 {
            options["mobileEmulation"] =
                json!({"deviceMetrics": {"width": width, "height": height, "pixelRatio": 1}});
        }
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .unwrap();
        Chrome { client, at, _driver: driver }
    }

    /// Signs in with a card, as its owner would.
    pub async fn sign_in(&self, stage: &Stage, member: MemberId, role: Role) {
        self.sign_in_in(stage, member, role, "en").await;
    }

    /// As [`Chrome::sign_in`], where the browser prefers this language.
    pub async fn sign_in_in(&self, stage: &Stage, member: MemberId, role: Role, language: &str) {
        let code = tokio::task::block_in_place(|| stage.card(member, role).code);
        self.go("/sign-in").await;
        self.type_into("#code", &code).await;
        self.press("main button").await;
        self.see(if language == "fr" { "Se déconnecter" } else { "Sign out" }).await;
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("http://{}{path}", self.at)).await.unwrap();
    }

    pub async fn type_into(&self, css: &str, text: &str) {
        self.awaited(css).await.send_keys(text).await.unwrap();
    }

    pub async fn press(&self, css: &str) {
        self.awaited(css).await.click().await.unwrap();
    }

    /// What is on the page, or on the page that is still on its way.
    async fn awaited(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        found.unwrap_or_else(|e| panic!("nothing on the page is {css}: {e}"))
    }

    /// Presses the button, link or label that says this.
    pub async fn press_word(&self, word: &str) {
        let path =
            format!("//*[self::button or self::a or self::label][contains(normalize-space(.), \"{word}\")]");
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        found.unwrap_or_else(|e| panic!("nothing says \"{word}\": {e}")).click().await.unwrap();
    }

    /// Presses keys where the browser's focus is; a page that has just come first puts it where it says.
    pub async fn keys(&self, keys: &str) {
        let by = Instant::now() + SOON;
        while self.client.execute(STILL_TO_FOCUS, Vec::new()).await.unwrap() == json!(true)
            && Instant::now() < by
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let focused = self.client.active_element().await.unwrap();
        focused.send_keys(keys).await.unwrap();
    }

    /// Waits until the page says this.
    pub async fn see(&self, text: &str) {
        let path = format!("//body[contains(normalize-space(.), \"{text}\")]");
        let seen = self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await;
        if seen.is_err() {
            panic!("the page does not say \"{text}\": {}", self.text().await);
        }
    }

    /// Everything that the page shows.
    pub async fn text(&self) -> String {
        self.client.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.path().to_owned()
    }

    /// Takes the network away, or gives it back.
    pub async fn network(&self, there: bool) {
        let conditions = json!({"offline": !there, "latency": 0, "throughput": -1});
        let body = json!({"network_conditions": conditions});
        self.client.issue_cmd(Own { path: "chromium/network_conditions", body }).await.unwrap();
    }

    /// Keeps a picture of the whole page beside other results of the build.
    pub async fn picture(&self, name: &str) {
        let size = "return [document.documentElement.clientWidth, document.documentElement.scrollHeight]";
        let size = self.client.execute(size, Vec::new()).await.unwrap();
        let clip = json!({"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1});
        let params = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
        let body = json!({"cmd": "Page.captureScreenshot", "params": params});
        let taken = self.client.issue_cmd(Own { path: "goog/cdp/execute", body }).await.unwrap();
        let png = BASE64.decode(taken["data"].as_str().unwrap().as_bytes()).unwrap();
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }

    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}

/// A command that only Chromium's driver knows.
#[derive(Debug)]
struct Own {
    path: &'static str,
    body: serde_json::Value,
}

impl WebDriverCompatibleCommand for Own {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
