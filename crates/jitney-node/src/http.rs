//! How the node asks servers that the operator has named: one place that says whom it trusts and how long it waits.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

/// The authorities that the machine trusts, read once: the operator's own may be among them.
static ROOTS: LazyLock<Vec<Certificate<'static>>> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs();
    found.certs.iter().map(|cert| Certificate::from_der(cert).to_owned()).collect()
});

/// Returns an agent for `url` that waits so long at each step, follows no redirect and uses no proxy: what is
/// personal goes where the operator has said and nowhere else.
pub(crate) fn agent(url: &str, patience: Duration) -> Agent {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut tls =
        TlsConfig::builder().provider(TlsProvider::Rustls).unversioned_rustls_crypto_provider(provider);
    if url.starts_with("https://") {
        tls = tls.root_certs(RootCerts::new_with_certs(&ROOTS));
    }
    Agent::config_builder()
        .tls_config(tls.build())
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_resolve(Some(patience))
        .timeout_connect(Some(patience))
        .timeout_send_body(Some(patience))
        .timeout_recv_response(Some(patience))
        .timeout_recv_body(Some(patience))
        .build()
        .into()
}
