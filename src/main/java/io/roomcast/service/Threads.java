package io.roomcast.service;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that the place where Roomcast runs lends it.
 *
 * @param lanes runs short tasks that never block; never refuses one while the application is up
 * @param timer runs short tasks later
 * @param loops makes threads that live as long as the application
 */
public record Threads(Executor lanes, ScheduledExecutorService timer, ThreadFactory loops) {}
