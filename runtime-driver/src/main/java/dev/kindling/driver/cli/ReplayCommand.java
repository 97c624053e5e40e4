package dev.kindling.driver.cli;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.driver.core.DriverEffect;
import dev.kindling.driver.core.Sentences;
import dev.kindling.driver.journal.Replay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kindling replay}: a driver's run again, from its journal, and whether it decides the same. */
@Command(
        name = "replay",
        description = {
            "Gives a driver's core all that a journal says it was given, and compares what it decides, step by step.",
            "A driver leaves a journal with --conf kindling.journal.dir=DIRECTORY."
        },
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Parameters(arity = "1", paramLabel = "JOURNAL", description = "Such as 20261122-120000-abcdef.journal.")
    private Path journal;

    @Option(names = "--from", paramLabel = "STEP", description = "Tell the steps from this one on.")
    private long from = Long.MAX_VALUE;

    @Option(names = "--to", paramLabel = "STEP", description = "Tell the steps up to this one; alone, from the first.")
    private long to = Long.MAX_VALUE;

    @Option(
            names = "--at",
            paramLabel = "SECONDS",
            description = "Tell where jobs, stages, attempts and executors stood so long after the first step.")
    private double atS = Double.NaN;

    private long firstMs = -1;
    private long lastMs;
    private long stepCount;
    private boolean hasTold;

    @Override
    public Integer call() {
        if (to != Long.MAX_VALUE && from == Long.MAX_VALUE) {
            from = 1;
        }
        try (Replay replay = new Replay(Files.newInputStream(journal))) {
            for (Optional<Replay.Step> next = replay.next(); next.isPresent(); next = replay.next()) {
                take(next.get(), replay);
            }
            if (!Double.isNaN(atS) && !hasTold) {
                tellStanding(replay);
            }
            System.out.println(stepCount + " steps in " + seconds(lastMs) + ": all decisions are the same"
                    + (replay.wasCutOff() ? "; the journal was cut off behind them" : ""));
        } catch (NoSuchFileException e) {
            throw new KindlingException(ErrorCode.BAD_ARGUMENT, "there is no journal " + journal, e);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "the journal " + journal + " cannot be read: " + (e.getMessage() == null ? e : e.getMessage()),
                    e);
        }
        return Main.DONE;
    }

    private void take(Replay.Step step, Replay replay) {
        firstMs = firstMs < 0 ? step.nowMs() : firstMs;
        lastMs = step.nowMs();
        stepCount = step.number();
        if (step.number() >= from && step.number() <= to) {
            System.out.println(step.number() + "  " + seconds(step.nowMs()) + "  " + Sentences.of(step.event()));
            for (DriverEffect effect : step.effects()) {
                System.out.println("    -> " + Sentences.of(effect));
            }
        }
        if (!Double.isNaN(atS) && !hasTold && lastMs - firstMs >= atS * 1_000) {
            tellStanding(replay);
        }
    }

    private void tellStanding(Replay replay) {
        hasTold = true;
        System.out.println("at " + seconds(lastMs) + ", after step " + stepCount + ":");
        replay.standing().forEach(line -> System.out.println("  " + line));
    }

    private String seconds(long nowMs) {
        return String.format(Locale.ROOT, "%.3f s", (nowMs - firstMs) / 1_000.0);
    }
}
