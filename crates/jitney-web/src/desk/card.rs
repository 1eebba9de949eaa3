//! Cards on paper, with which members sign in.

use askama::Template;
use axum::Form;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use jitney_domain::{CardId, MemberId, Role};
use jitney_node::api::Request;
use qrcode::QrCode;
use serde::Deserialize;

use crate::page::{Page, draw};
use crate::trouble::Trouble;
use crate::visitor::{Office, ask};

#[derive(Template)]
#[template(path = "desk/card.html")]
struct CardPage {
    page: Page,
    title: String,
    member: MemberId,
    name: String,
    code: String,
    /// Where to go, if people reach the pages under an address.
    address: Option<String>,
    /// A picture that leads there with the code, as the path of an SVG and its width.
    picture: Option<(String, usize)>,
}

#[derive(Deserialize)]
pub(super) struct As {
    role: Role,
}

/// Draws a card and shows it once, to be printed.
pub(super) async fn issue(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(As { role }): Form<As>,
) -> Result<Response, Trouble> {
    let card = ask!(visitor, Request::IssueCard { member, role }, NewCard)?;
    let page = visitor.page();
    let address = visitor.site.public_url().map(str::to_owned);
    // The code stands behind the #: it reaches no server and no log on the way.
    let picture = address.as_ref().and_then(|url| picture(&format!("{url}/sign-in#{}", card.code)));
    Ok(draw(&CardPage {
        title: page.tell("card-title", "name", &card.name),
        member,
        name: card.name,
        code: card.code,
        address: address.map(|url| url.split_once("//").map_or(url.clone(), |(_, host)| host.to_owned())),
        picture,
        page,
    }))
}

/// Returns the path of a QR code, a unit a module, and its width with the quiet zone.
fn picture(text: &str) -> Option<(String, usize)> {
    const QUIET: usize = 4;
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == qrcode::Color::Dark);
    let path: String =
        dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET)).collect();
    Some((path, width + 2 * QUIET))
}

#[derive(Deserialize)]
pub(super) struct Which {
    card: CardId,
}

/// Takes a card back.
pub(super) async fn revoke(
    Office(visitor): Office,
    Path(member): Path<MemberId>,
    Form(Which { card }): Form<Which>,
) -> Result<Redirect, Trouble> {
    visitor.ask(Request::RevokeCard(card)).await?;
    Ok(Redirect::to(&format!("/desk/people/{member}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_square_and_within_its_frame() {
        let (path, width) = picture("https://lifts.example.org/sign-in#K7MP-2QXR-9TWB").unwrap();
        assert!(width >= 29 && path.len() > 1000);
        let corner = path.starts_with("M4 4h1v1h-1z");
        assert!(corner, "the first module of a finder pattern is dark");
    }
}
