package dev.kindling.storage.s3;

import dev.kindling.api.KindlingException;
import dev.kindling.storage.IoThreads;
import dev.kindling.storage.ReadAhead;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * Sends requests with an application's settings, tries them again within one budget, and says in a sentence why one failed.
 * Everything of the application shares its client and its threads. Safe for many threads.
 */
final class S3Calls implements AutoCloseable {
    private final S3Settings settings;
    private final S3Connection connection;
    private final IoThreads threads = new IoThreads("s3");
    private final ReadAhead readAhead;

    S3Calls(S3Settings settings) {
        this.settings = settings;
        this.readAhead = new ReadAhead(threads, settings.readAheadStreams());
        this.connection = S3Connection.open(settings);
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

    Tries tries() {
        return new Tries(settings);
    }

    /** For objects of more than a few bytes. */
    ReadAhead readAhead() {
        return readAhead;
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

    /**
     * A page of a listing, whose names are such as were asked for, whatever the server sends.
     *
     * @throws IOException also when they are not, or when the page leads to itself
     */
    ListObjectsV2Response list(S3Path path, ListObjectsV2Request request) throws IOException {
        ListObjectsV2Response page = send(path, Operation.LIST, () -> client().listObjectsV2(request));
        String prefix = request.prefix() == null ? "" : request.prefix();
        boolean areObjects = page.contents().stream()
                .allMatch(object -> object.key() != null
                        && object.key().startsWith(prefix)
                        && object.size() != null
                        && object.size() >= 0);
        boolean areDirectories = page.commonPrefixes().stream()
                .allMatch(common -> common.prefix() != null
                        && common.prefix().startsWith(prefix)
                        && common.prefix().length() > prefix.length()
                        && common.prefix().endsWith("/"));
        String next = page.nextContinuationToken();
        if (!areObjects || !areDirectories || next != null && next.equals(request.continuationToken())) {
            throw new IOException(
                    "the server's listing of " + path + " is none: it names what was not asked for, does not"
                            + " say how large an object is, or leads to itself");
        }
        return page;
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

    /** See {@link IoThreads#each}. */
    <A, B> List<B> each(List<A> items, IoThreads.Step<A, B> step) throws IOException {
        return threads.each(items, step);
    }

    /** Runs what uploads beside a task. */
    <B> Future<B> start(Callable<B> work) {
        return threads.start(work);
    }

    /** Ends the client and what is under way; claims are not renewed any more. */
    @Override
    public void close() {
        S3Claim.forgetAll(this);
        threads.close();
        connection.close();
    }
}
