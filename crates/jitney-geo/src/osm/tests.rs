//! Extracts that are whole, and many that are not.

use proptest::prelude::*;

use super::write::{Extract, blob, blob_of, bytes, deltas, header, number, packed};
use super::*;
use crate::spot::Spot;

fn village() -> Extract {
    let mut extract = Extract::new();
    extract
        .nodes(&[(1, 48.0, 9.0), (2, 48.001, 9.0), (7, -12.5, -170.25)])
        .node(-3, 48.002, 9.0, &[("barrier", "gate"), ("name", "Mühle")])
        .way(10, &[1, 2, -3], &[("highway", "residential"), ("name", "Mill Lane")])
        .relation(
            20,
            &[(MemberKind::Way, 10, "from"), (MemberKind::Node, 2, "via"), (MemberKind::Relation, 20, "")],
            &[("type", "restriction")],
        );
    extract
}

/// Everything an extract holds, as text.
fn told(file: &[u8], wanted: Wanted) -> Result<Vec<String>, ReadError> {
    let mut all = Vec::new();
    read(file, wanted, |element| {
        let (kind, tags) = match element {
            Element::Node(node) => (format!("node {} {:?}", node.id, node.at), node.tags),
            Element::Way(way) => (format!("way {} {:?}", way.id, way.refs), way.tags),
            Element::Relation(r) => (format!("relation {} {:?}", r.id, r.members), r.tags),
        };
        all.push(format!("{kind} {:?}", tags.iter().collect::<Vec<_>>()));
        Ok::<(), ReadError>(())
    })?;
    Ok(all)
}

fn refusal(file: &[u8]) -> String {
    told(file, Wanted::ALL).unwrap_err().to_string()
}

/// A file of a good header and a block of that content.
fn with_block(block: &[u8]) -> Vec<u8> {
    [blob("OSMHeader", &header(&["OsmSchema-V0.6"])), blob("OSMData", block)].concat()
}

/// A block of one group that holds one element.
fn with_element(kind: u32, element: &[u8]) -> Vec<u8> {
    let (mut group, mut block, mut table) = (Vec::new(), Vec::new(), Vec::new());
    bytes(&mut table, 1, b"");
    bytes(&mut table, 1, b"text");
    bytes(&mut block, 1, &table);
    bytes(&mut group, kind, element);
    bytes(&mut block, 2, &group);
    with_block(&block)
}

#[test]
fn everything_written_is_read_in_order() {
    let spot = |lat, lon| Spot::new(lat, lon).unwrap();
    let all = told(&village().file(), Wanted::ALL).unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(all[0], format!("node 1 {:?} []", spot(480_000_000, 90_000_000)));
    assert_eq!(all[2], format!("node 7 {:?} []", spot(-125_000_000, -1_702_500_000)));
    let gate = spot(480_020_000, 90_000_000);
    assert_eq!(all[3], format!("node -3 {gate:?} [(\"barrier\", \"gate\"), (\"name\", \"Mühle\")]"));
    assert!(all[4].starts_with("way 10 [1, 2, -3] [(\"highway\", \"residential\")"), "{}", all[4]);
    assert!(all[5].contains("Member { kind: Way, id: 10, role: \"from\" }"), "{}", all[5]);
}

#[test]
fn only_what_is_wanted_is_shown() {
    let file = village().file();
    assert_eq!(told(&file, Wanted::NODES).unwrap().len(), 4);
    assert_eq!(told(&file, Wanted::WAYS).unwrap().len(), 1);
    let relations = Wanted { relations: true, ..Wanted::default() };
    assert_eq!(told(&file, relations).unwrap().len(), 1);
}

#[test]
fn a_visitor_can_stop_the_walk() {
    let stop = read(&village().file()[..], Wanted::ALL, |_| Err(ReadError::NotAnExtract));
    assert!(matches!(stop, Err(ReadError::NotAnExtract)));
}

#[test]
fn an_extract_cut_short_anywhere_is_refused_and_says_so() {
    let file = village().file();
    let blocks: Vec<usize> = {
        let first = blob("OSMHeader", &header(&["OsmSchema-V0.6", "DenseNodes"])).len();
        vec![first, file.len()]
    };
    for end in 0..file.len() {
        // Between two blocks a file may end.
        let outcome = told(&file[..end], Wanted::ALL);
        assert_eq!(outcome.is_ok(), blocks.contains(&end), "cut at {end}: {outcome:?}");
    }
    assert!(refusal(&file[..file.len() - 1]).contains("download it again"));
}

#[test]
fn what_is_no_extract_is_called_so() {
    for file in [&b""[..], b"<osm version=\"0.6\">", b"PK\x03\x04 a zip archive of some sort", &[0; 4000]] {
        assert!(matches!(told(file, Wanted::ALL), Err(ReadError::NotAnExtract)), "{file:?}");
    }
    let data_first = blob("OSMData", b"");
    assert!(matches!(told(&data_first, Wanted::ALL), Err(ReadError::NotAnExtract)));
}

#[test]
fn what_the_reader_does_not_know_is_named() {
    let history = [blob("OSMHeader", &header(&["HistoricalInformation"])), blob("OSMData", b"")].concat();
    assert!(refusal(&history).contains("HistoricalInformation"));
    let mut zstd = Vec::new();
    bytes(&mut zstd, 7, b"packed");
    let mut head = Vec::new();
    bytes(&mut head, 1, b"OSMHeader");
    number(&mut head, 3, zstd.len() as u64);
    let file = [&(head.len() as u32).to_be_bytes()[..], &head, &zstd].concat();
    assert!(refusal(&file).contains("Zstandard"));
}

#[test]
fn sizes_that_no_extract_has_are_refused_before_memory_is_taken() {
    let mut head = Vec::new();
    bytes(&mut head, 1, b"OSMData");
    number(&mut head, 3, u64::MAX); // minus one
    let good = blob("OSMHeader", &header(&[]));
    let enormous = [&good[..], &(head.len() as u32).to_be_bytes(), &head].concat();
    assert!(refusal(&enormous).contains("more than 32 MiB"));
    let header_too_long = [&good[..], &u32::MAX.to_be_bytes()].concat();
    assert!(refusal(&header_too_long).contains("header of a block"));
    let unpacked = [&good[..], &blob_of("OSMData", 1 << 40, b"x")].concat();
    assert!(refusal(&unpacked).contains("when unpacked"));
}

#[test]
fn a_bomb_is_not_let_off() {
    // A hundred megabytes of zeros, which say that they are ten bytes.
    let bomb = blob("OSMData", &vec![0; 100_000_000]);
    let honest = [blob("OSMHeader", &header(&[])), bomb].concat();
    assert!(refusal(&honest).contains("more than 32 MiB when unpacked"));
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut zlib, &vec![0; 100_000_000]).unwrap();
    let lying = [blob("OSMHeader", &header(&[])), blob_of("OSMData", 10, &zlib.finish().unwrap())].concat();
    assert!(refusal(&lying).contains("another size than it says"));
}

#[test]
fn elements_that_cannot_be_are_refused() {
    let mut far = Vec::new();
    number(&mut far, 8, 1_000_000_000 * 2);
    assert!(refusal(&with_element(1, &far)).contains("off the globe"));

    let mut overflowing = Vec::new();
    bytes(&mut overflowing, 1, &packed([u64::MAX - 1, u64::MAX - 1])); // the largest number, twice
    bytes(&mut overflowing, 8, &deltas([0, 0]));
    bytes(&mut overflowing, 9, &deltas([0, 0]));
    assert!(refusal(&with_element(2, &overflowing)).contains("leaves its range"));

    let mut uneven = Vec::new();
    bytes(&mut uneven, 1, &deltas([1, 2]));
    bytes(&mut uneven, 8, &deltas([0, 0]));
    bytes(&mut uneven, 9, &deltas([0]));
    assert!(refusal(&with_element(2, &uneven)).contains("differ in length"));

    let mut textless = Vec::new();
    bytes(&mut textless, 2, &packed([1]));
    bytes(&mut textless, 3, &packed([2]));
    assert!(refusal(&with_element(3, &textless)).contains("missing from its table"));

    let mut kindless = Vec::new();
    bytes(&mut kindless, 8, &packed([1]));
    bytes(&mut kindless, 9, &deltas([1]));
    bytes(&mut kindless, 10, &packed([3]));
    assert!(refusal(&with_element(4, &kindless)).contains("no known kind"));

    let mut block = Vec::new();
    let mut table = Vec::new();
    bytes(&mut table, 1, &[0xff]);
    bytes(&mut block, 1, &table);
    assert!(refusal(&with_block(&block)).contains("UTF-8"));
}

#[test]
fn counts_that_no_extract_has_are_refused() {
    let mut long = Vec::new();
    bytes(&mut long, 8, &vec![0; REFS_MAX + 1]);
    assert!(refusal(&with_element(3, &long)).contains("65,536 nodes"));

    let mut crowded = Vec::new();
    bytes(&mut crowded, 8, &vec![1; MEMBERS_MAX + 1]);
    bytes(&mut crowded, 9, &vec![0; MEMBERS_MAX + 1]);
    bytes(&mut crowded, 10, &vec![0; MEMBERS_MAX + 1]);
    assert!(refusal(&with_element(4, &crowded)).contains("131,072 members"));

    let mut tagged = Vec::new();
    bytes(&mut tagged, 2, &vec![1; TAGS_MAX + 1]);
    bytes(&mut tagged, 3, &vec![1; TAGS_MAX + 1]);
    assert!(refusal(&with_element(3, &tagged)).contains("4,096 tags"));

    let texts = [0x0a, 0].repeat(STRINGS_MAX + 1);
    let mut block = Vec::new();
    bytes(&mut block, 1, &texts);
    assert!(refusal(&with_block(&block)).contains("a million texts"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = told(&bytes, Wanted::ALL);
    }

    #[test]
    fn any_block_is_read_or_refused(block in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = told(&with_block(&block), Wanted::ALL);
    }

    #[test]
    fn any_element_is_read_or_refused(kind in 1u32..5, element in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = told(&with_element(kind, &element), Wanted::ALL);
    }

    #[test]
    fn a_changed_byte_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut file = village().file();
        let at = at.index(file.len());
        file[at] = to;
        let _ = told(&file, Wanted::ALL);
    }
}
