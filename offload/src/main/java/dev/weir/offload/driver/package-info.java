/** What a device offers, whatever it is: the interface between who decides on flows and who carries them. */
@org.jspecify.annotations.NullMarked
package dev.weir.offload.driver;
