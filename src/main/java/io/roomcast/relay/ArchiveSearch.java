package io.roomcast.relay;

import io.roomcast.metrics.Latency;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageText;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Serves the searches of an archive, and finds in each message where the words are.
 *
 * <p><b>Concurrency.</b> Any thread may call; no method blocks. Threads of its own search, apart from those that read
 * the history, which is needed more.
 */
public final class ArchiveSearch implements AutoCloseable {
    /** Threads that search. More would take the database from those who publish. */
    private static final int SEARCHERS = 2;
    /** Most searches that wait. */
    private static final int QUEUED = 100;

    private static final long BUSY_RETRY_MILLIS = 1_000;
    /** Most words of a message that are marked. */
    private static final int MAX_HITS = 100;

    private final Archive archive;
    private final NodeMetrics metrics;
    private final LongSupplier nanoClock;
    private final Consumer<ArchiveException> whenFailed;
    private final ThreadPoolExecutor searchers;

    /** @param whenFailed called on a thread of this object when the archive cannot be searched */
    public ArchiveSearch(
            Archive archive,
            NodeMetrics metrics,
            ThreadFactory threads,
            LongSupplier nanoClock,
            Consumer<ArchiveException> whenFailed) {
        this.archive = archive;
        this.metrics = metrics;
        this.nanoClock = nanoClock;
        this.whenFailed = whenFailed;
        this.searchers = new ThreadPoolExecutor(
                SEARCHERS, SEARCHERS, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED), threads);
    }

    /** As {@link Relay#search}. */
    public CompletionStage<SearchPage> search(Archive.Search search) {
        CompletableFuture<SearchPage> page = new CompletableFuture<>();
        try {
            searchers.execute(() -> {
                try {
                    page.complete(run(search));
                } catch (RuntimeException | Error e) {
                    page.completeExceptionally(told(e));
                }
            });
        } catch (RejectedExecutionException e) {
            page.completeExceptionally(
                    searchers.isShutdown()
                            ? new RelayUnavailableException("the node stops")
                            : new ProtocolException(
                                    ErrorCode.BUSY, "too many searches wait; try again", BUSY_RETRY_MILLIS));
        }
        return page;
    }

    private RuntimeException told(Throwable failure) {
        if (failure instanceof ArchiveException archiveFailure) {
            whenFailed.accept(archiveFailure);
        } else if (failure instanceof RuntimeException other) {
            return other;
        }
        return new RelayUnavailableException("the archive cannot be searched now");
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
        searchers.shutdown();
    }
}
