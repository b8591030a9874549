package io.roomcast.protocol;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What somebody looks for: each term must occur in a message. Words in quotation marks, and words with nothing but
 * punctuation between them, must follow one another. A star at the end stands for any end of the word, and
 * for none after a character that is a word of its own.
 */
public record SearchTerms(List<Term> terms) {
    /** Most UTF-16 code units of the text. */
    private static final int MAX_LENGTH = 256;

    /** Most words of all terms. */
    public static final int MAX_WORDS = 24;

    /** A shorter beginning would stand for too many words. */
    private static final int MIN_PREFIX = 2;

    /**
     * Words that follow one another.
     *
     * @param words as they were written; at least one
     * @param isPrefix whether the last one may have another end
     */
    public record Term(List<String> words, boolean isPrefix) {
        private Term single(int index) {
            return new Term(List.of(words.get(index)), isPrefix && index == words.size() - 1);
        }

        /** Whether the term, which has a single word, is this word of a text, in whatever case and with whatever accents. */
        public boolean isWord(String word) {
            String wanted = Words.folded(words.get(0));
            String folded = Words.folded(word);
            return isPrefix ? folded.startsWith(wanted) : folded.equals(wanted);
        }
    }

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
            throw new ProtocolException(ErrorCode.TOO_LARGE, "text has over " + MAX_WORDS + " words");
        }
        return new SearchTerms(List.copyOf(terms));
    }

    private static void add(List<Term> terms, String text, boolean isPrefix) {
        List<String> words = Words.of(text).stream()
                .map(Words.Word::text)
                .filter(word -> !Words.folded(word).isEmpty())
                .toList();
        if (words.isEmpty()) {
            return;
        }
        String last = words.get(words.size() - 1);
        boolean hasEnds = isPrefix && !Words.isCharacter(last);
        if (hasEnds && Words.folded(last).length() < MIN_PREFIX) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "a word needs " + MIN_PREFIX + " characters before *");
        }
        terms.add(new Term(words, hasEnds));
    }

    /** Each of the words by itself, as a term. */
    public Set<Term> singles() {
        return terms.stream()
                .flatMap(term -> IntStream.range(0, term.words().size()).mapToObj(term::single))
                .collect(Collectors.toSet());
    }

    /**
     * Finds in a text what is looked for: words, and phrases as a whole.
     *
     * @param words those of the text, in their order
     * @param matching the words that each of {@link #singles} finds; without those that are too common to be looked for,
     *     in whose place any word may stand in a phrase
     * @return the indexes of the words that were found
     */
    public BitSet hits(List<String> words, Map<Term, Set<String>> matching) {
        BitSet hits = new BitSet();
        for (Term term : terms) {
            List<Set<String>> wanted = IntStream.range(0, term.words().size())
                    .mapToObj(i -> matching.get(term.single(i)))
                    .toList();
            for (int at = 0; at + wanted.size() <= words.size(); at++) {
                if (isAt(at, words, wanted)) {
                    for (int i = 0; i < wanted.size(); i++) {
                        hits.set(at + i, wanted.get(i) != null || hits.get(at + i));
                    }
                }
            }
        }
        return hits;
    }

    private static boolean isAt(int at, List<String> words, List<Set<String>> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i) != null && !wanted.get(i).contains(words.get(at + i))) {
                return false;
            }
        }
        return true;
    }
}
