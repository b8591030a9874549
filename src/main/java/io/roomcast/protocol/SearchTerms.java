package io.roomcast.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What somebody looks for: each term must occur in a message. Words in quotation marks, and words with nothing but
 * punctuation between them, must follow one another. A star at the end stands for any end of the word.
 */
public record SearchTerms(List<Term> terms) {
    /** Most UTF-16 code units of the text. */
    private static final int MAX_LENGTH = 256;

    /** Most words of all terms. */
    private static final int MAX_WORDS = 24;

    /** A shorter beginning would stand for too many words. */
    private static final int MIN_PREFIX = 2;

    /**
     * Words that follow one another.
     *
     * @param words as they were written; at least one
     * @param isPrefix whether the last one may have another end
     */
    public record Term(List<String> words, boolean isPrefix) {}

    /**
     * Reads what somebody has written.
     *
     * @param text such as {@code lunch "at noon" din*}; null if nothing was given
     * @throws ProtocolException {@code bad_request} or {@code too_large}
     */
    public static SearchTerms parse(String text) {
        if (text == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "text is missing");
        }
        Text.checkedUtf8Length("text", text);
        if (text.length() > MAX_LENGTH) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, "text has over " + MAX_LENGTH + " characters");
        }
        List<Term> terms = new ArrayList<>();
        String[] parts = text.split("[\"“”„«»]", -1);
        for (int i = 0; i < parts.length; i++) {
            if (i % 2 == 1) {
                add(terms, parts[i], false);
            } else {
                for (String piece : parts[i].split("\\s+", -1)) {
                    add(terms, piece, piece.length() > 1 && piece.endsWith("*"));
                }
            }
        }
        if (terms.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "text has no word");
        }
        if (terms.stream().mapToInt(term -> term.words().size()).sum() > MAX_WORDS) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "text has over " + MAX_WORDS + " words");
        }
        return new SearchTerms(List.copyOf(terms));
    }

    private static void add(List<Term> terms, String text, boolean isPrefix) {
        List<String> words = Words.of(text).stream()
                .map(Words.Word::text)
                .filter(word -> !Words.folded(word).isEmpty())
                .toList();
        if (!words.isEmpty()) {
            if (isPrefix && Words.folded(words.get(words.size() - 1)).length() < MIN_PREFIX) {
                throw new ProtocolException(
                        ErrorCode.BAD_REQUEST, "a word needs " + MIN_PREFIX + " characters before *");
            }
            terms.add(new Term(words, isPrefix));
        }
    }

    /** The same terms with other words. */
    public SearchTerms map(UnaryOperator<String> change) {
        return new SearchTerms(terms.stream()
                .map(term -> new Term(term.words().stream().map(change).toList(), term.isPrefix()))
                .toList());
    }

    /** Whether a word of a text is one of those that are looked for, in whatever case and with whatever accents. */
    public boolean hasWord(String word) {
        String folded = Words.folded(word);
        for (Term term : terms) {
            for (int i = 0; i < term.words().size(); i++) {
                String wanted = Words.folded(term.words().get(i));
                boolean isBeginning = term.isPrefix() && i == term.words().size() - 1;
                if (isBeginning ? folded.startsWith(wanted) : folded.equals(wanted)) {
                    return true;
                }
            }
        }
        return false;
    }
}
