package io.roomcast.support;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stands between the service and a real store. It passes each call on at once, and holds back the answers of chosen
 * methods until the test releases them or fails them.
 */
public final class HeldAnswers<T> {
    /** What the service is given. */
    public final T store;

    private final Set<String> methods = new HashSet<>();
    private final ArrayDeque<Answer> answers = new ArrayDeque<>();

    private record Answer(CompletionStage<Object> real, CompletableFuture<Object> told) {}

    public HeldAnswers(Class<T> type, T real) {
        store = type.cast(Proxy.newProxyInstance(
                HeldAnswers.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    try {
                        Object answer = method.invoke(real, arguments);
                        return methods.contains(method.getName()) ? hold(answer) : answer;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @SuppressWarnings("unchecked")
    private CompletableFuture<Object> hold(Object answer) {
        CompletableFuture<Object> told = new CompletableFuture<>();
        answers.add(new Answer((CompletionStage<Object>) answer, told));
        return told;
    }

    /** From now on. */
    public void hold(String method) {
        methods.add(method);
    }

    /** From now on; what is held already stays so. */
    public void holdNothing() {
        methods.clear();
    }

    public int held() {
        return answers.size();
    }

    public void letThrough() {
        letThrough(answers.remove());
    }

    /** The one that was asked for last. */
    public void letLastThrough() {
        letThrough(answers.removeLast());
    }

    private static void letThrough(Answer answer) {
        answer.real().whenComplete((value, failure) -> answer.told().complete(value));
    }

    public void fail(RuntimeException why) {
        answers.remove().told().completeExceptionally(why);
    }
}
