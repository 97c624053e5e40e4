package dev.kindling.sim;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The faults of one run: a rate for each kind, until the moment when everything heals. Says for each occasion whether
 * the fault strikes, and counts those that did. Each kind draws from a source of its own.
 */
public final class Faults {
    private final SimWorld world;
    private final Map<FaultKind, Double> rates;
    private final long healAtMs;
    private final Map<FaultKind, SplittableRandom> randoms = new EnumMap<>(FaultKind.class);
    private final Map<FaultKind, Integer> struck = new EnumMap<>(FaultKind.class);

    public Faults(SimWorld world, Map<FaultKind, Double> rates, long healAtMs) {
        this.world = world;
        this.rates = new EnumMap<>(FaultKind.class);
        this.rates.putAll(rates);
        this.healAtMs = healAtMs;
        for (FaultKind kind : FaultKind.values()) {
            randoms.put(kind, world.random(kind.name()));
            struck.put(kind, 0);
        }
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
            FaultKind kind = FaultKind.values()[single.nextInt(FaultKind.values().length)];
            rates.put(kind, kind.most());
            return rates;
        }
        for (FaultKind kind : FaultKind.values()) {
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
        double rate = rates.getOrDefault(kind, 0.0);
        if (rate == 0 || world.nowMs() >= healAtMs || randoms.get(kind).nextDouble() >= rate) {
            return false;
        }
        struck.merge(kind, 1, Integer::sum);
        return true;
    }

    /** The source from which the details of a fault are drawn. */
    public SplittableRandom random(FaultKind kind) {
        return randoms.get(kind);
    }

    public int struckCount(FaultKind kind) {
        return struck.get(kind);
    }

    /** How often each kind has struck, those that never did left out. */
    public Map<FaultKind, Integer> struckCounts() {
        Map<FaultKind, Integer> counts = new EnumMap<>(struck);
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    public long healAtMs() {
        return healAtMs;
    }
}
