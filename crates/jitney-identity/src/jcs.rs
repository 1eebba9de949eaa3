//! Canonical JSON of RFC 8785 (JCS): one value, one sequence of bytes.

use serde::Serialize;

/// Says why a value has no canonical JSON.
#[derive(Debug, thiserror::Error)]
#[error("the value has no canonical JSON (RFC 8785): {0}")]
pub struct JcsError(#[from] serde_json::Error);

/// Returns the canonical JSON of the value: keys sorted by UTF-16, no white space, numbers as ECMAScript
/// writes them.
///
/// RFC 8785 knows numbers only as IEEE 754 doubles, so an integer beyond ±2^53 loses digits here: write
/// such integers as strings. JSON has no floats that are not finite; what serde_json makes of one (`null`, or
/// an error) depends on where it stands.
///
/// # Errors
///
/// [`JcsError`] for what JSON cannot say, such as a map whose keys are not strings.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, JcsError> {
    Ok(serde_json_canonicalizer::to_vec(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn text(json: &str) -> String {
        let value: Value = serde_json::from_str(json).unwrap();
        String::from_utf8(canonical(&value).unwrap()).unwrap()
    }

    #[test]
    fn the_example_of_rfc_8785_section_3_2_2_comes_out_as_printed_there() {
        let input = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let expected = concat!(
            r#"{"literals":[null,true,false],"#,
            r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(text(input), expected);
    }

    #[test]
    fn keys_are_sorted_by_utf_16_as_in_rfc_8785_section_3_2_3() {
        let input = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
        let expected = "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\u{fb33}\":3}";
        assert_eq!(text(input), expected);
    }

    #[test]
    fn a_map_whose_keys_are_not_strings_has_no_canonical_form() {
        let by_stop = std::collections::BTreeMap::from([((1, 2), "clinic")]);
        assert!(canonical(&by_stop).is_err());
    }
}
