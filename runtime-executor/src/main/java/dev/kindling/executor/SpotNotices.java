package dev.kindling.executor;

import dev.kindling.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the machine, an instance of EC2, whether it is about to be taken back: its metadata service (version 2) says so two
 * minutes before. A thread of its own asks until the answer is yes, or until nobody has answered for a while.
 */
final class SpotNotices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SpotNotices.class);

    private static final String SERVICE_PROPERTY = "aws.ec2MetadataServiceEndpoint";
    private static final String SERVICE_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    private static final String USUAL_SERVICE = "http://169.254.169.254";

    /** What the service gives when it gives a notice at all; also for a time that cannot be read. */
    private static final long NOTICE_MS = 120_000;

    private static final int TIMEOUT_MS = 2_000;
    private static final int MAX_ANSWER_BYTES = 4 << 10;
    private static final String TOKEN_SECONDS = "21600";
    /** A machine without the service never has it. */
    private static final int MAX_FAILURES_IN_A_ROW = 20;

    private final URI service;
    private final long askEveryMs;
    private final LongConsumer onNotice;
    private final Thread thread = new Thread(this::ask, "spot-notices");
    private Optional<String> token = Optional.empty();

    /** @param onNotice told once, in how many milliseconds the machine is gone */
    SpotNotices(URI service, long askEveryMs, LongConsumer onNotice) {
        this.service = service;
        this.askEveryMs = askEveryMs;
        this.onNotice = onNotice;
        thread.setDaemon(true);
    }

    /** Where this process asks: as the AWS SDK does. */
    static URI service() {
        String told = System.getProperty(SERVICE_PROPERTY, System.getenv(SERVICE_VARIABLE));
        return URI.create(told == null || told.isEmpty() ? USUAL_SERVICE : told);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void ask() {
        int failures = 0;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                OptionalLong withinMs = notice();
                if (withinMs.isPresent()) {
                    LOG.warn("this machine is taken back in {} ms", withinMs.getAsLong());
                    onNotice.accept(withinMs.getAsLong());
                    return;
                }
                failures = 0;
            } catch (IOException e) {
                if (++failures == MAX_FAILURES_IN_A_ROW) {
                    LOG.warn(
                            "{} does not say whether this machine is taken back, and is asked no more: {}; is it an"
                                    + " instance of EC2 with its metadata service on? If not, set"
                                    + " kindling.executor.spotPollMs to 0",
                            service,
                            e.toString());
                    return;
                }
            }
            try {
                Thread.sleep(askEveryMs);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Empty while there is none. */
    private OptionalLong notice() throws IOException {
        if (token.isEmpty()) {
            token = Optional.of(
                    request("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS)
                            .orElseThrow(() -> new IOException("it gives no token")));
        }
        Optional<String> said =
                request("GET", "/latest/meta-data/spot/instance-action", "X-aws-ec2-metadata-token", token.get());
        return said.isPresent() ? OptionalLong.of(withinMs(said.get(), Instant.now())) : OptionalLong.empty();
    }

    /** Such as {@code {"action":"terminate","time":"2026-11-22T10:00:00Z"}}; never more than the service promises. */
    static long withinMs(String notice, Instant now) {
        try {
            if (Json.parse(notice) instanceof Map<?, ?> fields && fields.get("time") instanceof String time) {
                long leftMs = Duration.between(now, Instant.parse(time)).toMillis();
                return Math.max(0, Math.min(leftMs, NOTICE_MS));
            }
        } catch (DateTimeParseException | IllegalArgumentException e) {
            LOG.debug("a notice whose time cannot be read: {}", notice, e);
        }
        return NOTICE_MS;
    }

    /** Empty when there is nothing. */
    private Optional<String> request(String method, String path, String header, String value) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) service.resolve(path).toURL().openConnection();
        try {
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(TIMEOUT_MS);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestMethod(method);
            connection.setRequestProperty(header, value);
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_OK) {
                try (InputStream in = connection.getInputStream()) {
                    return Optional.of(new String(in.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8));
                }
            } else if (status == HttpURLConnection.HTTP_NOT_FOUND) {
                return Optional.empty();
            }
            // Such as 401 for a token that has expired.
            token = Optional.empty();
            throw new IOException("it answered " + status);
        } finally {
            connection.disconnect();
        }
    }
}
