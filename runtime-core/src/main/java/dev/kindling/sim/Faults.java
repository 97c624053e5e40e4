package dev.kindling.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The faults of one run: a rate for each kind, until the moment when everything heals. Says for each occasion whether
 * the fault strikes, and counts those that did. Each kind draws from a source of its own.
 */
public final class Faults {
    private static final FaultKind[] KINDS = FaultKind.values();
    /** Halvings of the longest span that are drawn from. */
    private static final int SPAN_MAGNITUDES = 9;

    private final SimWorld world;
    private final double[] rates = new double[KINDS.length];
    private final SplittableRandom[] randoms = new SplittableRandom[KINDS.length];
    private final int[] struck = new int[KINDS.length];
    private Consumer<FaultKind> listener = kind -> {};
    private long healAtMs;

    public Faults(SimWorld world, Map<FaultKind, Double> rates, long healAtMs) {
        this.world = world;
        this.healAtMs = healAtMs;
        rates.forEach((kind, rate) -> {
            this.rates[kind.ordinal()] = rate;
            randoms[kind.ordinal()] = world.random(kind.name());
        });
    }

    /**
     * Each seed has its own subset of all kinds, each at its own rate: rare mixtures are met sooner. One in ten has a
     * single kind at its highest rate, so that what only that kind may cause can be told from what others cause.
     */
    public static Map<FaultKind, Double> drawnBy(SimWorld world) {
        SplittableRandom random = world.random("rates");
        Map<FaultKind, Double> rates = new EnumMap<>(FaultKind.class);
        SplittableRandom single = world.random("single");
        if (single.nextInt(10) == 0) {
            FaultKind kind = KINDS[single.nextInt(KINDS.length)];
            rates.put(kind, kind.most());
            return rates;
        }
        for (FaultKind kind : KINDS) {
            boolean isOn = random.nextInt(100) < 60;
            double rate = random.nextInt(10) == 0 ? kind.most() : kind.usual() * random.nextDouble(0.2, 2.0);
            if (isOn) {
                rates.put(kind, rate);
            }
        }
        return rates;
    }

    /** Whether it strikes now. */
    public boolean strikes(FaultKind kind) {
        return strikes(kind, 1);
    }

    /** As {@link #strikes(FaultKind)}, so many times as likely: for moments that are rare. */
    public boolean strikes(FaultKind kind, int times) {
        double rate = times * rates[kind.ordinal()];
        if (rate == 0 || world.nowMs() >= healAtMs || randoms[kind.ordinal()].nextDouble() >= rate) {
            return false;
        }
        struck[kind.ordinal()]++;
        listener.accept(kind);
        return true;
    }

    /** Tells {@code listener} of each fault at the moment it strikes. */
    public void tellStrikes(Consumer<FaultKind> listener) {
        this.listener = listener;
    }

    /** The source from which the details of a fault that struck are drawn. */
    public SplittableRandom random(FaultKind kind) {
        return randoms[kind.ordinal()];
    }

    /** How long it lasts: short ones are as likely as long ones, up to {@code maxMs}. */
    public long span(FaultKind kind, int maxMs) {
        SplittableRandom random = random(kind);
        return 1 + random.nextInt(Math.max(1, maxMs >> random.nextInt(SPAN_MAGNITUDES)));
    }

    /** From now on nothing strikes. */
    public void heal() {
        healAtMs = Math.min(healAtMs, world.nowMs());
    }

    public int struckCount(FaultKind kind) {
        return struck[kind.ordinal()];
    }

    /** How often each kind has struck, those that never did left out. */
    public Map<FaultKind, Integer> struckCounts() {
        Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);
        for (FaultKind kind : KINDS) {
            if (struckCount(kind) > 0) {
                counts.put(kind, struckCount(kind));
            }
        }
        return counts;
    }

    public long healAtMs() {
        return healAtMs;
    }
}
