package dev.weir.cluster;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a running engine about itself, by its REST service. */
final class Engines {
    private static final Pattern FREE_SLOTS = Pattern.compile("\"slots-available\"\\s*:\\s*([0-9]{1,9})");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Engines() {}

    /** How many slots it has free; at least 1. */
    static int slots(EngineAddress engine) throws JobFailure {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            var request = HttpRequest.newBuilder(URI.create("http://" + engine + "/overview"))
                    .timeout(PATIENCE)
                    .build();
            Matcher slots = FREE_SLOTS.matcher(
                    client.send(request, BodyHandlers.ofString()).body());
            if (!slots.find()) {
                throw new JobFailure(engine + ": is no engine's REST service; give its address with --at");
            }
            return Math.max(1, Integer.parseInt(slots.group(1)));
        } catch (IOException e) {
            throw new JobFailure(engine + ": cannot be reached: " + e.getMessage() + "; see that an engine runs there");
        } catch (IllegalArgumentException e) {
            throw new JobFailure(engine + ": is no address of a machine: " + e.getMessage()
                    + "; give --at a name of letters, digits, dots and hyphens, or a number");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobFailure("interrupted");
        }
    }
}
