/* Reduction of the 64 rows of a leaf, with the result of a scan in ascending order to the bit. */
#ifndef PIKER_LEAVES_H
#define PIKER_LEAVES_H

#include <math.h>

#define LEAF_ROWS 64
#define LANES 4

/* Least and greatest finite value; (inf, -inf) where there is none.
 *
 * Lanes let the compiler use vectors and break the chain of comparisons. x + (x - x) is x for finite
 * values and NaN, which loses every comparison, for others. The order of rows matters for zeros only,
 * 0.0 and -0.0 being equal: of these the first one is taken, by a second look. */
static inline void leaf_extremes(const double *values, double *least, double *most) {
    double low[LANES] = {INFINITY, INFINITY, INFINITY, INFINITY};
    double high[LANES] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
    for (int i = 0; i < LEAF_ROWS; i += LANES) {
        for (int lane = 0; lane < LANES; lane++) {
            double value = values[i + lane];
            value += value - value;
            low[lane] = value < low[lane] ? value : low[lane];
            high[lane] = value > high[lane] ? value : high[lane];
        }
    }
    for (int lane = 1; lane < LANES; lane++) {
        low[0] = low[lane] < low[0] ? low[lane] : low[0];
        high[0] = high[lane] > high[0] ? high[lane] : high[0];
    }
    if (low[0] == 0.0 || high[0] == 0.0) {
        int i = 0;
        while (values[i] != 0.0) {
            i++;
        }
        low[0] = low[0] == 0.0 ? values[i] : low[0];
        high[0] = high[0] == 0.0 ? values[i] : high[0];
    }
    *least = low[0];
    *most = high[0];
}

/* Sum of the finite values from left to right, starting from 0.0, and their count. */
static inline void leaf_sum(const double *values, double *sum, double *count) {
    double odd = 0.0;
    double total = 0.0;
    for (int i = 0; i < LEAF_ROWS; i++) {
        odd += values[i] - values[i];
        total += values[i];
    }
    if (odd == 0.0) {
        *sum = total;
        *count = LEAF_ROWS;
        return;
    }
    *sum = *count = 0.0;
    for (int i = 0; i < LEAF_ROWS; i++) {
        if (isfinite(values[i])) {
            *sum += values[i];
            *count += 1.0;
        }
    }
}

#endif
