//! The words before a number in a label, in the languages that works are translated into.
//!
//! Pure: takes a text, returns ranges of it.

use crate::model::item::LabelWord;
use crate::text::words;

/// Maximum length of a label word, in characters: that of the longest one in the table.
const MAX_WORD_CHARS: usize = 10;

/// The words that may precede a number, in lower case, sorted by their bytes.
#[rustfmt::skip]
const WORDS: &[(&str, LabelWord)] = &[
    ("abschnitt", LabelWord::Section), ("adım", LabelWord::Step), ("anexo", LabelWord::Appendix),
    ("anhang", LabelWord::Appendix), ("annex", LabelWord::Appendix), ("annexe", LabelWord::Appendix),
    ("appendice", LabelWord::Appendix), ("appendix", LabelWord::Appendix), ("approach", LabelWord::Approach),
    ("art", LabelWord::Article), ("article", LabelWord::Article), ("articolo", LabelWord::Article),
    ("articulo", LabelWord::Article), ("artigo", LabelWord::Article), ("artikel", LabelWord::Article),
    ("artikkel", LabelWord::Article), ("artikla", LabelWord::Article), ("artykuł", LabelWord::Article),
    ("artículo", LabelWord::Article), ("aufgabe", LabelWord::Task), ("avsnitt", LabelWord::Section),
    ("bagian", LabelWord::Part), ("beispiel", LabelWord::Example), ("bijlage", LabelWord::Appendix),
    ("bài", LabelWord::Lesson), ("bölüm", LabelWord::Chapter), ("bước", LabelWord::Step),
    ("capitol", LabelWord::Chapter), ("capitolo", LabelWord::Chapter), ("capitulo", LabelWord::Chapter),
    ("capítol", LabelWord::Chapter), ("capítulo", LabelWord::Chapter), ("case", LabelWord::Case),
    ("ch", LabelWord::Chapter), ("challenge", LabelWord::Challenge), ("chap", LabelWord::Chapter),
    ("chapitre", LabelWord::Chapter), ("chapter", LabelWord::Chapter), ("chương", LabelWord::Chapter),
    ("clause", LabelWord::Clause), ("clausola", LabelWord::Clause), ("clausula", LabelWord::Clause),
    ("cláusula", LabelWord::Clause), ("część", LabelWord::Part), ("day", LabelWord::Day), ("days", LabelWord::Day),
    ("deel", LabelWord::Part), ("ders", LabelWord::Lesson), ("dia", LabelWord::Day),
    ("domanda", LabelWord::Question), ("día", LabelWord::Day), ("einheit", LabelWord::Unit),
    ("ejemplo", LabelWord::Example), ("ejercicio", LabelWord::Exercise), ("esempio", LabelWord::Example),
    ("esercizio", LabelWord::Exercise), ("example", LabelWord::Example), ("exemple", LabelWord::Example),
    ("exemplo", LabelWord::Example), ("exercice", LabelWord::Exercise), ("exercise", LabelWord::Exercise),
    ("exercício", LabelWord::Exercise), ("fejezet", LabelWord::Chapter), ("frage", LabelWord::Question),
    ("fråga", LabelWord::Question), ("giorno", LabelWord::Day), ("hoofdstuk", LabelWord::Chapter),
    ("item", LabelWord::Item), ("jour", LabelWord::Day), ("kapitel", LabelWord::Chapter),
    ("kapitola", LabelWord::Chapter), ("kapittel", LabelWord::Chapter), ("klausel", LabelWord::Clause),
    ("krok", LabelWord::Step), ("langkah", LabelWord::Step), ("layer", LabelWord::Layer),
    ("lección", LabelWord::Lesson), ("lekcja", LabelWord::Lesson), ("lektion", LabelWord::Lesson),
    ("lesson", LabelWord::Lesson), ("level", LabelWord::Level), ("lezione", LabelWord::Lesson),
    ("leçon", LabelWord::Lesson), ("lição", LabelWord::Lesson), ("luku", LabelWord::Chapter),
    ("madde", LabelWord::Article), ("method", LabelWord::Method), ("mistake", LabelWord::Mistake),
    ("modul", LabelWord::Module), ("module", LabelWord::Module), ("modulo", LabelWord::Module),
    ("módulo", LabelWord::Module), ("no", LabelWord::Item), ("nr", LabelWord::Item),
    ("oefening", LabelWord::Exercise), ("option", LabelWord::Option), ("part", LabelWord::Part),
    ("parte", LabelWord::Part), ("partie", LabelWord::Part), ("paso", LabelWord::Step), ("passo", LabelWord::Step),
    ("pattern", LabelWord::Pattern), ("pelajaran", LabelWord::Lesson), ("pergunta", LabelWord::Question),
    ("pertanyaan", LabelWord::Question), ("phase", LabelWord::Phase), ("phần", LabelWord::Part),
    ("poglavlje", LabelWord::Chapter), ("pregunta", LabelWord::Question), ("principle", LabelWord::Principle),
    ("problem", LabelWord::Problem), ("program", LabelWord::Program), ("project", LabelWord::Project),
    ("przykład", LabelWord::Example), ("puzzle", LabelWord::Puzzle), ("pytanie", LabelWord::Question),
    ("q", LabelWord::Q), ("que", LabelWord::Question), ("ques", LabelWord::Question),
    ("question", LabelWord::Question), ("recipe", LabelWord::Item), ("regel", LabelWord::Rule),
    ("regla", LabelWord::Rule), ("regola", LabelWord::Rule), ("regra", LabelWord::Rule),
    ("round", LabelWord::Round), ("rozdział", LabelWord::Chapter), ("rule", LabelWord::Rule),
    ("règle", LabelWord::Rule), ("scenario", LabelWord::Scenario), ("schritt", LabelWord::Step),
    ("seccion", LabelWord::Section), ("sección", LabelWord::Section), ("sectie", LabelWord::Section),
    ("section", LabelWord::Section), ("secção", LabelWord::Section), ("sekcja", LabelWord::Section),
    ("semaine", LabelWord::Week), ("semana", LabelWord::Week), ("settimana", LabelWord::Week),
    ("sezione", LabelWord::Section), ("seção", LabelWord::Section), ("snippet", LabelWord::Snippet),
    ("solution", LabelWord::Solution), ("soru", LabelWord::Question), ("stage", LabelWord::Stage),
    ("stap", LabelWord::Step), ("step", LabelWord::Step), ("story", LabelWord::Story), ("tag", LabelWord::Day),
    ("task", LabelWord::Task), ("teil", LabelWord::Part), ("test", LabelWord::Test), ("thema", LabelWord::Topic),
    ("tip", LabelWord::Tip), ("topic", LabelWord::Topic), ("unidad", LabelWord::Unit), ("unit", LabelWord::Unit),
    ("unità", LabelWord::Unit), ("unité", LabelWord::Unit), ("voorbeeld", LabelWord::Example),
    ("vraag", LabelWord::Question), ("week", LabelWord::Week), ("weeks", LabelWord::Week),
    ("woche", LabelWord::Week), ("załącznik", LabelWord::Appendix), ("étape", LabelWord::Step),
    ("örnek", LabelWord::Example), ("übung", LabelWord::Exercise), ("ćwiczenie", LabelWord::Exercise),
    ("člen", LabelWord::Article), ("článek", LabelWord::Article), ("článok", LabelWord::Article),
    ("điều", LabelWord::Article), ("άρθρο", LabelWord::Article), ("κεφάλαιο", LabelWord::Chapter),
    ("вопрос", LabelWord::Question), ("вправа", LabelWord::Exercise), ("глава", LabelWord::Chapter),
    ("день", LabelWord::Day), ("додаток", LabelWord::Appendix), ("завдання", LabelWord::Task),
    ("задание", LabelWord::Task), ("задача", LabelWord::Task), ("крок", LabelWord::Step),
    ("модуль", LabelWord::Module), ("неделя", LabelWord::Week), ("питання", LabelWord::Question),
    ("правило", LabelWord::Rule), ("приклад", LabelWord::Example), ("приложение", LabelWord::Appendix),
    ("пример", LabelWord::Example), ("раздел", LabelWord::Section), ("розділ", LabelWord::Chapter),
    ("стаття", LabelWord::Article), ("статья", LabelWord::Article), ("тема", LabelWord::Topic),
    ("тиждень", LabelWord::Week), ("упражнение", LabelWord::Exercise), ("урок", LabelWord::Lesson),
    ("частина", LabelWord::Part), ("часть", LabelWord::Part), ("чл", LabelWord::Article), ("шаг", LabelWord::Step),
    ("الفصل", LabelWord::Chapter), ("المادة", LabelWord::Article), ("سؤال", LabelWord::Question),
    ("अध्याय", LabelWord::Chapter), ("অধ্যায়", LabelWord::Chapter),
];

/// Words for a question in the languages that write no space after them. A number follows.
const QUESTIONS: [&str; 6] = ["問題", "質問", "问题", "問", "문제", "질문"];

/// For each first byte of a word of the table, the lengths in bytes that occur, as bits.
static LENGTHS: [u64; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].0.as_bytes();
        lengths[word[0] as usize] |= 1 << word.len();
        at += 1;
    }
    lengths
};

/// For each second byte of a word of the table, the lengths in bytes that occur, as bits.
static SECONDS: [u64; 256] = {
    let mut lengths = [0; 256];
    let mut at = 0;
    while at < WORDS.len() {
        let word = WORDS[at].0.as_bytes();
        if word.len() > 1 {
            lengths[word[1] as usize] |= 1 << word.len();
        }
        at += 1;
    }
    lengths
};

/// Returns the label word at `at`, and the offset where its number would start.
pub(super) fn word(text: &str, at: usize) -> Option<(LabelWord, usize)> {
    let rest = text.get(at..)?;
    // Most texts start with a letter that no word of the table starts with, or with no letter.
    if rest.bytes().next().is_none_or(|first| first.is_ascii() && LENGTHS[usize::from(first.to_ascii_lowercase())] == 0)
    {
        return None;
    }
    if !rest.as_bytes()[0].is_ascii() {
        if let Some(after) = rest.strip_prefix('§') {
            let after = after.trim_start_matches('§').trim_start_matches([' ', '\u{a0}']);
            return Some((LabelWord::Paragraph, text.len() - after.len()));
        }
        if let Some(after) = QUESTIONS.iter().find_map(|question| rest.strip_prefix(question)) {
            let number = after.trim_start_matches(' ');
            let is_number = number.starts_with(|c: char| c.is_ascii_digit());
            return is_number.then(|| (LabelWord::Question, text.len() - number.len()));
        }
        // No word of the table starts with a letter of the scripts from U+0A00 on.
        if rest.chars().next().is_none_or(|c| c >= '\u{A00}') {
            return None;
        }
    }
    let len = rest.chars().take(MAX_WORD_CHARS + 1).take_while(|c| is_letter(*c)).map(char::len_utf8).sum::<usize>();
    let written = &rest[..len];
    let found = if written.is_ascii() {
        let mut lower = [0_u8; MAX_WORD_CHARS];
        let lower = lower.get_mut(..len).filter(|lower| !lower.is_empty())?;
        lower.copy_from_slice(written.as_bytes());
        lower.make_ascii_lowercase();
        let second = lower.get(1).map_or(u64::MAX, |second| SECONDS[usize::from(*second)]);
        if LENGTHS[usize::from(lower[0])] & second & 1 << lower.len() == 0 {
            return None;
        }
        find(lower)?
    } else {
        find(written.to_lowercase().as_bytes())?
    };
    let after = &rest.as_bytes()[len..];
    let gap = after.iter().take_while(|&&byte| matches!(byte, b' ' | b'#' | b'-' | b'.')).count();
    // "Q - 12" is a label; "Step...12" is not.
    Some((found, at + len + gap.min(3)))
}

fn find(lower: &[u8]) -> Option<LabelWord> {
    let at = WORDS.binary_search_by(|(name, _)| name.as_bytes().cmp(lower)).ok()?;
    Some(WORDS[at].1)
}

/// Returns whether a character may be part of a label word: a letter, or a sign that combines with one in Indic scripts.
fn is_letter(c: char) -> bool {
    words::is_letter(c) || matches!(c, '\u{93C}' | '\u{94D}' | '\u{9BC}' | '\u{9CD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_question_without_a_space_were_no_labels() {
        for (text, at) in [("问题1：甲", 6), ("質問 2. 乙", 7), ("질문3. 병", 6)] {
            assert_eq!(word(text, 0), Some((LabelWord::Question, at)), "{text}");
        }
        assert_eq!(word("问题很多", 0), None);
    }

    #[test]
    fn the_words_are_sorted_and_short_enough() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0.as_bytes() < pair[1].0.as_bytes()));
        assert!(WORDS.iter().all(|(word, _)| word.starts_with(|c: char| c < '\u{A00}')));
        assert!(WORDS.iter().all(|(word, _)| word.chars().count() <= MAX_WORD_CHARS && word.chars().all(is_letter)));
    }

    #[test]
    fn words_of_other_languages_are_read() {
        for (text, wanted) in [
            ("Kapitel 4: Fog", LabelWord::Chapter),
            ("ГЛАВА 4. Туман", LabelWord::Chapter),
            ("अध्याय 4: कोहरा", LabelWord::Chapter),
            ("Artículo 4. Niebla", LabelWord::Article),
            ("§§ 4 Nebel", LabelWord::Paragraph),
        ] {
            let (word, at) = word(text, 0).expect("a word");
            assert_eq!((word, text.as_bytes()[at]), (wanted, b'4'), "{text}");
        }
        for text in ["", "§", "Fog 4", "Chapters 4", "é 4"] {
            assert!(word(text, 0).is_none_or(|(word, _)| word == LabelWord::Paragraph), "{text}");
        }
    }
}
