package dev.kindling.driver.page;

import dev.kindling.util.FileTrees;
import dev.kindling.util.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A headless Chromium of this machine, spoken to by its DevTools protocol. One page at a time. */
public final class Browser implements AutoCloseable {
    private static final long LIMIT_S = 60;

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final Map<Long, CompletableFuture<Map<?, ?>>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private long calls;

    private Browser(Process process, Path profile, String address) throws Exception {
        this.process = process;
        this.profile = profile;
        String http = address.replaceFirst("^ws", "http").replaceFirst("/devtools.*", "");
        HttpClient client = HttpClient.newHttpClient();
        String pages = client.send(
                        HttpRequest.newBuilder(URI.create(http + "/json/list")).build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
        Map<?, ?> page = (Map<?, ?>) ((List<?>) Json.parse(pages)).get(0);
        socket = client.newWebSocketBuilder()
                .buildAsync(URI.create((String) page.get("webSocketDebuggerUrl")), new Answers())
                .get(LIMIT_S, TimeUnit.SECONDS);
        call("Page.enable");
        call("Runtime.enable");
        call("Log.enable");
        // Else nothing in a window that nobody looks at hears of being focused.
        call("Emulation.setFocusEmulationEnabled", "enabled", true);
    }

    /** The first of its names on the path; empty where the machine has none. */
    public static Optional<Path> find() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public static Browser start(Path executable) throws Exception {
        Path profile = Files.createTempDirectory("kindling-browser");
        Process process = new ProcessBuilder(
                        executable.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String prefix = "DevTools listening on ";
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(prefix)) {
                Thread drain = new Thread(() -> said.lines().forEach(rest -> {}), "browser-output");
                drain.setDaemon(true);
                drain.start();
                return new Browser(process, profile, line.substring(prefix.length()));
            }
        }
        throw new IOException(executable + " ended without listening");
    }

    /** Loads a page and waits until the condition, in JavaScript, holds. */
    public void open(String address, String until) throws Exception {
        complaints.clear();
        call("Page.navigate", "url", address);
        await(until);
    }

    public void await(String condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!Boolean.TRUE.equals(evaluate("!!(" + condition + ")"))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT_S + " s: " + condition + "; " + complaints);
            }
        }
    }

    /** A number, text or truth in the page, by an expression in JavaScript. */
    public Object evaluate(String expression) throws Exception {
        Map<?, ?> result = call("Runtime.evaluate", "expression", expression, "returnByValue", true);
        if (result.containsKey("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return ((Map<?, ?>) result.get("result")).get("value");
    }

    public void press(String key) throws Exception {
        call("Input.dispatchKeyEvent", "type", "keyDown", "key", key);
        call("Input.dispatchKeyEvent", "type", "keyUp", "key", key);
    }

    public void resize(int width, boolean isDark) throws Exception {
        call(
                "Emulation.setDeviceMetricsOverride",
                "width",
                width,
                "height",
                900,
                "deviceScaleFactor",
                1,
                "mobile",
                false);
        call(
                "Emulation.setEmulatedMedia",
                "features",
                List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light")));
    }

    /** What the console has said since the page was opened: errors, warnings, what a policy has refused. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    private Map<?, ?> call(String method, Object... parameters) throws Exception {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            named.put((String) parameters[i], parameters[i + 1]);
        }
        long id = ++calls;
        CompletableFuture<Map<?, ?>> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("id", id);
        message.put("method", method);
        message.put("params", named);
        socket.sendText(Json.write(message), true).get(LIMIT_S, TimeUnit.SECONDS);
        Map<?, ?> answered = answer.get(LIMIT_S, TimeUnit.SECONDS);
        if (answered.containsKey("error")) {
            throw new IOException(method + ": " + answered.get("error"));
        }
        return (Map<?, ?>) answered.get("result");
    }

    private final class Answers implements WebSocket.Listener {
        private final StringBuilder waiting = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean isLast) {
            waiting.append(part);
            if (isLast) {
                Map<?, ?> message = (Map<?, ?>) Json.parse(waiting.toString());
                waiting.setLength(0);
                if (message.get("id") instanceof Long id) {
                    answers.remove(id).complete(message);
                } else if (List.of("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
                        .contains(message.get("method"))) {
                    complaints.add(String.valueOf(message.get("params")));
                }
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() throws Exception {
        socket.abort();
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle one : all) {
            one.onExit().get(LIMIT_S, TimeUnit.SECONDS);
        }
        FileTrees.delete(profile);
    }
}
