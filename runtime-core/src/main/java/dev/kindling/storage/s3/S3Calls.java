package dev.kindling.storage.s3;

import dev.kindling.api.KindlingException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.RequestPayer;

/**
 * Sends requests with an application's settings, tries them again within one budget, and says in a sentence why one failed.
 * Everything of the application shares its client and its threads. Safe for many threads.
 */
final class S3Calls implements AutoCloseable {
    /** A listing or a commit has so many requests under way. */
    static final int PARALLEL = 16;

    private static final long THREAD_IDLE_MS = 500;

    /** Those of 16 tasks. */
    private static final int MAX_SPARE_BUFFERS = 64;

    private final S3Settings settings;
    private final S3Connection connection;
    private final AtomicInteger lastThread = new AtomicInteger();
    private final ThreadPoolExecutor threads;
    private final BlockingQueue<byte[]> spareBuffers = new LinkedBlockingQueue<>(MAX_SPARE_BUFFERS);

    S3Calls(S3Settings settings) {
        this.settings = settings;
        this.connection = S3Connection.open(settings);
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, THREAD_IDLE_MS, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "s3-io-" + lastThread.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    S3Client client() {
        return connection.client();
    }

    S3Settings settings() {
        return settings;
    }

    S3Connection connection() {
        return connection;
    }

    /** Where the requests go, for people. */
    String server() {
        return connection.endpoint().map(URI::toString).orElse("AWS");
    }

    /** Who sends the requests, for people. */
    String who() {
        return connection.credentials().describe();
    }

    /** Null leaves a request as it is. */
    RequestPayer payer() {
        return settings.isRequesterPays() ? RequestPayer.REQUESTER : null;
    }

    Tries tries() {
        return new Tries(settings);
    }

    /** Buffers of streams that ended, for those that begin. */
    BlockingQueue<byte[]> spareBuffers() {
        return spareBuffers;
    }

    // ---- one request ----------------------------------------------------------------------------------------------

    /** Sends a request until it succeeds or there is no point in trying on; the failure is told in a sentence. */
    <T> T send(S3Path path, Operation operation, Supplier<T> request) throws IOException {
        Tries tries = tries();
        try {
            return trying(path, operation, tries, request);
        } catch (SdkException e) {
            throw failed(path, operation, e, tries);
        }
    }

    /** The same for who knows what to make of a refusal. */
    <T> T trying(S3Path path, Operation operation, Tries tries, Supplier<T> request) throws IOException {
        while (true) {
            try {
                return request.get();
            } catch (AbortedException e) {
                throw interrupted();
            } catch (Credentials.NoCredentials e) {
                throw S3Failures.noCredentials(path, operation, e);
            } catch (Credentials.Unavailable e) {
                if (!S3Failures.isTransient(e.cause()) || !tries.mayTryAgain()) {
                    throw S3Failures.unavailable(path, operation, e, tries.effort());
                }
            } catch (SdkException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted();
                }
                if (!S3Failures.isTransient(e) || !tries.mayTryAgain()) {
                    throw e;
                }
            }
        }
    }

    KindlingException failed(S3Path path, Operation operation, SdkException failure, Tries tries) {
        return S3Failures.of(path, operation, failure, who(), tries.effort());
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while waiting for S3");
    }

    // ---- many requests --------------------------------------------------------------------------------------------

    /** Work that may read or write objects. */
    interface Step<A, B> {
        B on(A item) throws IOException;
    }

    /** The answers in the order of the items, with up to {@link #PARALLEL} of them under way; the first failure ends it. */
    <A, B> List<B> each(List<A> items, Step<A, B> step) throws IOException {
        if (items.size() == 1) {
            return List.of(step.on(items.get(0)));
        }
        List<B> answers = new ArrayList<>();
        for (int from = 0; from < items.size(); from += PARALLEL) {
            List<A> some = items.subList(from, Math.min(items.size(), from + PARALLEL));
            answers.addAll(atOnce(some, step));
        }
        return answers;
    }

    private <A, B> List<B> atOnce(List<A> items, Step<A, B> step) throws IOException {
        Function<A, Future<B>> start = item -> threads.submit(() -> step.on(item));
        List<Future<B>> running = new ArrayList<>(items.stream().map(start).toList());
        List<B> answers = new ArrayList<>();
        try {
            for (Future<B> one : running) {
                answers.add(one.get());
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            running.forEach(one -> one.cancel(true));
        }
        return answers;
    }

    /** Runs what fetches or uploads beside a task. */
    <B> Future<B> start(java.util.concurrent.Callable<B> work) {
        return threads.submit(work);
    }

    /** Ends the client and what is under way; claims are not renewed any more. */
    @Override
    public void close() {
        S3Claim.forgetAll(this);
        threads.shutdownNow();
        connection.close();
    }

    /** As it was thrown on the other thread. */
    static IOException rethrown(Throwable cause) throws IOException {
        if (cause instanceof RuntimeException failure) {
            throw failure;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException io ? io : new IOException(cause);
    }
}
