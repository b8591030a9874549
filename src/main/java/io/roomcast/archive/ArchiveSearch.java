package io.roomcast.archive;

import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.MessageText;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.Words;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Serves the searches of an archive, and finds in each message where the words are. Any thread; no method blocks. */
public final class ArchiveSearch implements AutoCloseable {
    /** Most words of a message that are marked. */
    private static final int MAX_HITS = 100;

    private final Archive archive;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private final ArchiveReads searches;

    /** @param whenFailed called on a thread of this object when the archive cannot be searched */
    public ArchiveSearch(
            Archive archive,
            NodeMetrics metrics,
            ThreadFactory threads,
            LongSupplier nanoClock,
            Warnings warnings,
            Consumer<ArchiveException> whenFailed) {
        this.archive = archive;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.searches = ArchiveReads.ofSearches(threads, warnings, whenFailed);
    }

    /** As {@link io.roomcast.relay.Relay#search}. */
    public CompletionStage<SearchPage> search(Archive.Search search) {
        return searches.read(() -> run(search));
    }

    private SearchPage run(Archive.Search search) {
        long began = nanoClock.getAsLong();
        try {
            Archive.FoundPage found = archive.search(search);
            List<List<Words.Word>> words = found.messages().stream()
                    .map(message -> words(message.message()))
                    .toList();
            Set<String> different = new HashSet<>();
            words.forEach(each -> each.forEach(word -> different.add(word.text())));
            Map<SearchTerms.Term, Set<String>> matching = archive.matching(search.terms(), different);
            List<SearchPage.Result> results = new ArrayList<>();
            for (int i = 0; i < words.size(); i++) {
                Archive.Found each = found.messages().get(i);
                results.add(new SearchPage.Result(
                        each.room(),
                        each.epoch(),
                        new StoredMessage(
                                each.message().offset(), each.message().body()),
                        hits(search.terms(), words.get(i), matching)));
            }
            return new SearchPage(results, found.next());
        } finally {
            metrics.record(Latency.ARCHIVE_SEARCH, nanoClock.getAsLong() - began);
        }
    }

    private static List<Words.Word> words(Archive.Message message) {
        String content = MessageText.of(message.body()).content();
        return content == null
                ? List.of()
                : Words.of(content).stream()
                        .filter(word -> !Words.folded(word.text()).isEmpty())
                        .toList();
    }

    private static List<Words.Word> hits(
            SearchTerms terms, List<Words.Word> words, Map<SearchTerms.Term, Set<String>> matching) {
        return terms.hits(words.stream().map(Words.Word::text).toList(), matching).stream()
                .limit(MAX_HITS)
                .mapToObj(words::get)
                .toList();
    }

    /** Ends the threads. Searches that wait are still answered. */
    @Override
    public void close() {
        searches.close();
    }
}
