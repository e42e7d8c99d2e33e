//! How likely is it that a hand that meant one word typed another?
//!
//! A weighted edit distance: slips that hands and ears really make (swapped neighbours, a doubled or halved letter, the
//! key beside, one vowel for another) cost less than arbitrary ones; a wrong first letter costs more, people rarely
//! get it wrong. The weights order causes as studies of typing errors do; they are not fitted to any data set.

/// Swapping two neighbours: "teh".
const SWAP: f32 = 0.6;
/// Doubling a letter, or typing a double letter once: "adress".
const DOUBLING: f32 = 0.6;
/// One letter too many or too few.
const EXTRA: f32 = 0.9;
/// Hitting the key beside the right one, or another vowel: "seperate".
const NEAR: f32 = 0.8;
/// Any other letter.
const OTHER: f32 = 1.1;
/// What a slip in the first letter costs on top.
const FIRST: f32 = 0.3;

/// What it costs to get from `meant` to `typed`.
pub(super) fn cost(meant: &str, typed: &str) -> f32 {
    let (a, b): (Vec<char>, Vec<char>) = (meant.chars().collect(), typed.chars().collect());
    let mut rows = vec![vec![0.0_f32; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 && j == 0 {
                continue;
            }
            let first = if i <= 1 && j <= 1 { FIRST } else { 0.0 };
            let mut best = f32::INFINITY;
            if i > 0 {
                best = rows[i - 1][j] + first + dropped(&a, i - 1);
            }
            if j > 0 {
                best = best.min(rows[i][j - 1] + first + dropped(&b, j - 1));
            }
            if i > 0 && j > 0 {
                let (x, y) = (a[i - 1], b[j - 1]);
                let change = if x == y {
                    0.0
                } else if is_near(x, y) {
                    NEAR + first
                } else {
                    OTHER + first
                };
                best = best.min(rows[i - 1][j - 1] + change);
            }
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + SWAP);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

/// What it costs to lose (or gain) the letter at `at`.
fn dropped(word: &[char], at: usize) -> f32 {
    let c = word[at];
    let doubled = (at > 0 && word[at - 1] == c) || word.get(at + 1) == Some(&c);
    if doubled { DOUBLING } else { EXTRA }
}

/// Whether two letters are neighbours on a keyboard (QWERTY; most of it holds for its relatives) or both vowels.
fn is_near(x: char, y: char) -> bool {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    let vowel = |c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    if vowel(x) && vowel(y) {
        return true;
    }
    // Each row is shifted half a key against the one above it.
    let place = |c: char| ROWS.iter().zip(0_i32..).find_map(|(row, r)| row.find(c).map(|at| (r, 2 * at as i32 + r)));
    match (place(x), place(y)) {
        (Some((row_x, x)), Some((row_y, y))) => {
            (row_x == row_y && (x - y).abs() <= 2) || ((row_x - row_y).abs() == 1 && (x - y).abs() <= 1)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_slips_cost_less() {
        assert_eq!(cost("word", "word"), 0.0);
        assert!(cost("know", "konw") < cost("now", "konw"));
        assert!(cost("address", "adress") < cost("dress", "adress"));
        assert!(cost("link", "lonk") < cost("link", "lqnk"));
        assert!(cost("speed", "sperd") < cost("speed", "apeed"));
    }
}
