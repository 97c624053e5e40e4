package dev.kindling.driver.sim;

import dev.kindling.api.KindlingException;
import dev.kindling.storage.ObjectVersion;
import dev.kindling.storage.RangedObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Objects that are read without one of the guards: as if their reader had it not. */
public final class DefectiveInput implements RangedObject {
    private enum Bug {
        /** Any version of an object is taken for the one that was planned. */
        VERSION_NOT_COMPARED,
        /** Who has nothing left to try goes on. */
        TRIES_NOT_COUNTED
    }

    private final RangedObject object;
    private final Bug bug;

    private DefectiveInput(RangedObject object, Bug bug) {
        this.object = object;
        this.bug = bug;
    }

    /** The names of all bugs. */
    public static List<String> names() {
        return Arrays.stream(Bug.values()).map(Bug::name).toList();
    }

    /** The given cores, on objects with this bug. */
    public static SimCores in(SimCores cores, String name) {
        return cores.withInput(object -> new DefectiveInput(object, Bug.valueOf(name)));
    }

    @Override
    public Body open(long from, long end, String tag) throws IOException {
        if (bug != Bug.VERSION_NOT_COMPARED) {
            return object.open(from, end, tag);
        }
        Body body = object.open(from, end, "");
        ObjectVersion planned = new ObjectVersion(tag, body.version().byteCount());
        return new Body(planned, body.from(), body.to(), body.bytes(), body.abort());
    }

    @Override
    public boolean mayTryAgain() throws IOException {
        return object.mayTryAgain() || bug == Bug.TRIES_NOT_COUNTED;
    }

    @Override
    public String path() {
        return object.path();
    }

    @Override
    public void startAgain() {
        object.startAgain();
    }

    @Override
    public KindlingException cutOff(long position, IOException cause) {
        return object.cutOff(position, cause);
    }
}
