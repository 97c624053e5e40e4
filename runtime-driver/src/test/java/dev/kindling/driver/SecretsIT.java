package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.Tuple2;
import dev.kindling.driver.page.PageHtml;
import dev.kindling.driver.page.PageModel;
import dev.kindling.driver.page.RunFold;
import dev.kindling.event.EventLog;
import dev.kindling.util.LogLevels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Canaries: recognizable secrets in every place where a program puts some, then all that the program and its executors
 * say, write, show and are started with is looked through for them.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SecretsIT {
    private static final String CANARY = "CANARY";

    /** Settings of the program, as users and libraries name them. */
    private static final Map<String, String> SETTINGS = Map.of(
            "app.password", CANARY + 1,
            "app.endpoint", "https://example.org/?token=" + CANARY + 2,
            "fs.s3a.secret.key", CANARY + 3,
            "spark.hadoop.fs.s3a.session.token", CANARY + 4,
            "my.service.credential", CANARY + 5);

    /** The AWS SDK's own. */
    private static final Map<String, String> PROPERTIES = Map.of(
            "aws.accessKeyId",
            "AKIA" + CANARY + "60TAIL",
            "aws.secretAccessKey",
            CANARY + 7,
            "aws.sessionToken",
            CANARY + 8);

    @TempDir
    Path directory;

    private final Map<String, String> seen = new TreeMap<>();

    @Test
    void noSecretAppearsInLogsEventsPagesStatusErrorsOrCommandLines() throws Exception {
        Path eventLogs = Files.createDirectories(directory.resolve("events"));
        PrintStream err = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PROPERTIES.forEach(System::setProperty);
        String token;
        try {
            System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
            LogLevels.setRoot("DEBUG");
            token = runOf(eventLogs);
        } finally {
            LogLevels.setRoot("INFO");
            System.setErr(err);
            PROPERTIES.keySet().forEach(System::clearProperty);
        }

        // The token is told once, in the address that is printed for the user.
        String said = log.toString(StandardCharsets.UTF_8);
        assertEquals(2, said.split(token, -1).length, "the token was said another time");
        seen.put("log of the driver", said.replace(token, ""));
        try (Stream<Path> files = Files.list(eventLogs)) {
            Path file = files.findFirst().orElseThrow();
            seen.put("event log", Files.readString(file));
            List<KindlingListener.Event> events = EventLog.read(file);
            seen.put("events", events.toString());
            seen.put("page", pageOf(events));
        }
        for (String place : List.of("log of the driver", "events", "page", "/environment", "command line", "error 1")) {
            assertTrue(
                    seen.keySet().stream().anyMatch(name -> name.contains(place)),
                    place + " was not looked at: " + seen.keySet());
        }
        seen.forEach((place, text) -> {
            assertFalse(text.isBlank(), place + " is empty");
            assertFalse(text.contains(CANARY), () -> "in " + place + ": " + around(text, CANARY));
            assertFalse(text.contains(token), () -> "in " + place + ": " + around(text, token));
        });
        assertTrue(seen.get("events").contains("app.password=***"), "the settings are shown, masked");
    }

    /** Runs jobs that succeed and fail in all ways whose errors tell much; returns the token of the live page. */
    private String runOf(Path eventLogs) throws Exception {
        KindlingConf conf = new KindlingConf(false)
                .setMaster("local-cluster[1,1,64]")
                .setAppName("canaries")
                .set("kindling.scratch.dirs", directory.resolve("scratch").toString())
                .set("kindling.eventlog.dir", eventLogs.toString())
                .set("kindling.rpc.tls", "true")
                .set("kindling.ui.enabled", "true")
                .set("kindling.ui.port", "0");
        SETTINGS.forEach(conf::set);
        try (KindlingContext kindling = new KindlingContext(conf)) {
            URI page = kindling.uiUri().orElseThrow();
            assertEquals(
                    3,
                    kindling.range(0, 9, 1, 2)
                            .mapToPair(n -> Tuple2.of(n % 3, n))
                            .groupByKey(2)
                            .count());
            commandLines();
            Object notSerializable = new Object();
            error(1, () -> kindling.range(0, 2, 1, 1).map(n -> 1 / (n - n)).collect());
            error(
                    2,
                    () -> kindling.range(0, 2, 1, 1)
                            .map(n -> notSerializable.hashCode())
                            .collect());
            error(
                    3,
                    () -> kindling.textFile("s3a://AKIA" + CANARY + ":" + CANARY + "9@bucket/x")
                            .count());
            error(
                    4,
                    () -> new KindlingContext(new KindlingConf(false)
                            .setMaster("local[1]")
                            .set("kindling.s3.secret", CANARY + 10)
                            .set("kindling.executor.cores", "password" + CANARY)));
            seen.put("story of the driver's context", kindling.toString());
            statusOf(page);
            executorLogs();
            return page.getFragment();
        }
    }

    private void error(int number, Runnable program) {
        KindlingException failure = assertThrows(KindlingException.class, program::run, "error " + number);
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        seen.put("error " + number, text.toString());
    }

    private void statusOf(URI page) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        String applications = "/api/v1/applications";
        String listed = answer(client, page, applications);
        String id = listed.replaceAll("(?s).*\"id\"\\s*:\\s*\"([^\"]+)\".*", "$1");
        for (String path : List.of("environment", "jobs", "stages", "allexecutors")) {
            answer(client, page, applications + "/" + id + "/" + path);
        }
        answer(client, page, "/");
        HttpResponse<String> stranger = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.getPort() + applications))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(401, stranger.statusCode());
        seen.put("answer to a stranger", stranger.body() + stranger.headers().map());
    }

    private String answer(HttpClient client, URI page, String path) throws Exception {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.getPort() + path))
                        .header("X-Kindling-Token", page.getFragment())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), path);
        seen.put("answer to " + path, answer.body());
        return answer.body();
    }

    private void commandLines() throws IOException {
        List<Long> executors =
                ProcessHandle.current().children().map(ProcessHandle::pid).toList();
        assertFalse(executors.isEmpty());
        for (long pid : executors) {
            Path process = Path.of("/proc/" + pid);
            seen.put(
                    "command line of " + pid,
                    Files.exists(process)
                            ? Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                            : ProcessHandle.of(pid).orElseThrow().info().toString());
            if (Files.exists(process)) {
                seen.put(
                        "variables of " + pid,
                        Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1));
            }
        }
    }

    private void executorLogs() throws IOException {
        List<Path> logs = LivingFiles.below(directory.resolve("scratch")).stream()
                .filter(file -> file.toString().endsWith(".log"))
                .toList();
        assertFalse(logs.isEmpty());
        for (Path file : logs) {
            seen.put("log " + file.getFileName(), "log:" + Files.readString(file));
        }
    }

    private static String pageOf(List<KindlingListener.Event> events) {
        RunFold fold = new RunFold();
        events.forEach(fold::onEvent);
        return PageHtml.of(PageModel.of(fold.run()));
    }

    private static String around(String text, String found) {
        int at = text.indexOf(found);
        return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 40));
    }
}
