package dev.kindling.driver.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.KindlingListener.Locality;
import dev.kindling.api.KindlingListener.Outcome;
import dev.kindling.api.StatusTracker.StageInfo;
import dev.kindling.protocol.TaskMetrics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One line that is rewritten, and all that others print, on one screen. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalTest {
    private final Screen screen = new Screen();
    private final Terminal terminal = new Terminal(screen.stream(), 60);
    private final PrintStream out = terminal.through(screen.stream(), "none");
    private final PrintStream err = terminal.through(screen.stream(), "none");

    @Test
    void theLineIsWrittenInItsOwnPlaceAndGoesWithoutATrace() {
        terminal.rewrite("job 0  stage 1/2");
        terminal.rewrite("job 0");
        assertEquals(List.of("job 0"), screen.lines());

        terminal.clear();
        assertEquals(List.of(""), screen.lines());
    }

    @Test
    void aPrintedLineTakesThePlaceOfTheRewrittenOne() {
        terminal.rewrite("job 0");
        out.println("a result");
        assertEquals(List.of("a result", ""), screen.lines());

        terminal.rewrite("job 0");
        err.println("a warning");
        terminal.rewrite("job 0");

        assertEquals(List.of("a result", "a warning", "job 0"), screen.lines());
    }

    @Test
    void aPromptIsNotWrittenOver() {
        terminal.rewrite("job 0");
        out.print("your name: ");
        out.flush();
        terminal.rewrite("job 0  stage 2");
        assertEquals(List.of("your name: "), screen.lines());

        out.println("Ada");
        terminal.rewrite("job 0  stage 2");
        assertEquals(List.of("your name: Ada", "job 0  stage 2"), screen.lines());
    }

    @Test
    void whatMustBeSaidDoesNotStandBehindAPrompt() {
        out.print("your name: ");
        terminal.say("executor e1 lost");
        terminal.rewrite("job 0");

        assertEquals(List.of("your name: ", "executor e1 lost", "job 0"), screen.lines());
    }

    @Test
    void charactersOfSeveralBytesComeThroughWhole() {
        PrintStream utf8 = new PrintStream(terminal.through(screen.stream(), "none"), true, StandardCharsets.UTF_8);
        terminal.rewrite("job 0");
        utf8.println("grün 表 ok");

        assertEquals("grün 表 ok", screen.lines().get(0));
    }

    @Test
    void logLinesDoNotMixWithTheLine() {
        PrintStream before = System.err;
        System.setErr(err);
        try {
            LoggerContext context = new LoggerContext();
            context.setMDCAdapter(new LogbackMDCAdapter());
            PatternLayoutEncoder encoder = new PatternLayoutEncoder();
            encoder.setContext(context);
            encoder.setPattern("%-5level %msg%n");
            encoder.start();
            ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
            appender.setContext(context);
            appender.setTarget("System.err");
            appender.setEncoder(encoder);
            appender.start();
            ch.qos.logback.classic.Logger log = context.getLogger("log");
            log.setLevel(Level.INFO);
            log.addAppender(appender);

            terminal.rewrite("job 0");
            log.warn("something is odd");
            terminal.rewrite("job 0");
            log.info("it is over");
            context.stop();
        } finally {
            System.setErr(before);
        }

        assertEquals(List.of("WARN  something is odd", "INFO  it is over", ""), screen.lines());
    }

    @Test
    void aFileGetsNoLineThatIsRewritten() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Terminal none = new Terminal(new PrintStream(file, true), 0);

        none.rewrite("job 0");
        none.say("stage 0 done");
        none.clear();

        assertEquals("stage 0 done" + System.lineSeparator(), file.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whateverManyThreadsPrintEveryLineStaysWhole() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int writer = 0; writer < 4; writer++) {
            int number = writer;
            threads.add(new Thread(() -> {
                PrintStream stream = number % 2 == 0 ? out : err;
                for (int i = 0; i < 300; i++) {
                    stream.println("writer " + number + " line " + i);
                }
            }));
        }
        threads.add(new Thread(() -> {
            for (int i = 0; i < 500; i++) {
                terminal.rewrite("progress " + i);
            }
        }));
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        terminal.clear();

        List<String> lines = screen.lines();
        assertEquals("", lines.get(lines.size() - 1));
        TreeSet<String> expected = new TreeSet<>();
        for (int writer = 0; writer < 4; writer++) {
            for (int i = 0; i < 300; i++) {
                expected.add("writer " + writer + " line " + i);
            }
        }
        // Two streams may still print two lines into one; what is rewritten stands in none of them.
        assertFalse(String.join("\n", lines).contains("progress"));
        assertEquals(expected.size(), String.join("\n", lines).split("writer ").length - 1);
    }

    // ---- progress
    // -----------------------------------------------------------------------------------------------------

    private static Event job(int id) {
        return new Event.JobStart(Instant.now(), id, List.of(0), "count", Map.of());
    }

    private static Event stage() {
        return new Event.StageSubmitted(Instant.now(), new StageInfo(0, 0, 0, "count at A.java:1", 4, 0, 0, 0));
    }

    private void awaitScreen(Predicate<String> isWanted) throws InterruptedException {
        for (int i = 0; i < 2_000; i++) {
            List<String> lines = screen.lines();
            if (isWanted.test(lines.get(lines.size() - 1))) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(screen.lines());
    }

    @Test
    void progressComesBackAfterOtherLinesAndGoesWithTheLastJob() throws InterruptedException {
        Progress progress = new Progress(terminal);
        progress.onEvent(job(0));
        progress.onEvent(stage());
        progress.onEvent(new Event.TaskStart(Instant.now(), 0, 0, 0, 0, 0, "e1", Locality.ANY, false));
        awaitScreen(line -> line.startsWith("job 0  stage 1/1 ") && line.contains("0/4, 1 running"));

        out.println("a result");
        awaitScreen(line -> line.startsWith("job 0  stage 1/1 "));
        assertEquals("a result", screen.lines().get(0));
        progress.onEvent(
                new Event.TaskEnd(Instant.now(), 0, 0, 0, 0, 0, "e1", new Outcome.Success(), TaskMetrics.NONE));
        awaitScreen(line -> line.contains("1/4"));

        progress.onEvent(new Event.JobEnd(Instant.now(), 0, Optional.empty()));
        awaitScreen(String::isEmpty);
        assertEquals(List.of("a result", ""), screen.lines());
        progress.onEvent(job(1));
        awaitScreen(line -> line.startsWith("job 1"));
        progress.close();
        awaitScreen(String::isEmpty);
    }

    @Test
    void whereThereIsNoTerminalEachStageGetsALine() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Progress progress = new Progress(new Terminal(new PrintStream(file, true), 0));
        progress.onEvent(job(0));
        progress.onEvent(stage());
        progress.onEvent(new Event.StageCompleted(
                Instant.ofEpochMilli(2_000),
                new StageInfo(0, 0, 1_000, "count at A.java:1", 4, 0, 4, 0),
                Optional.empty()));
        progress.close();

        assertEquals(
                "stage 0 count at A.java:1: 4 of 4 tasks, 1.0 s" + System.lineSeparator(),
                file.toString(StandardCharsets.UTF_8));
    }

    // ---- a driver elsewhere
    // -------------------------------------------------------------------------------------------

    @Test
    void linesThatADriverElsewhereRewritesAreRewrittenHereHoweverTheyAreCut() {
        String said = "warning 1\n\rjob 0\033[K\rjob 0  stage 1\033[K\r\033[Kwarning 2\r\n50 %\r100 %\n\rjob 1\033[K";
        byte[] bytes = said.getBytes(StandardCharsets.UTF_8);
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Screen here = new Screen();
            Terminal mine = new Terminal(here.stream(), 60);
            PrintStream output = mine.through(here.stream(), "none");
            try (ProgressFilter filter = new ProgressFilter(mine, mine.through(here.stream(), "none"))) {
                for (int at = 0; at < bytes.length; ) {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(20));
                    filter.write(bytes, at, length);
                    at += length;
                }
                output.println("result");
                assertEquals(List.of("warning 1", "warning 2", "100 %", "result", ""), here.lines());
                filter.write(bytes, bytes.length - 9, 9);
                assertEquals("job 1", here.lines().get(4));
                filter.write("\rhalf".getBytes(StandardCharsets.UTF_8), 0, 5);
            }
            assertTrue(here.lines().get(4).startsWith("half"), here.lines()::toString);
        }
    }
}
