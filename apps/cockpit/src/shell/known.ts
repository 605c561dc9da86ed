import { useQuery } from '@tanstack/react-query';
import type { Config, Me, PagePolicy } from '../api/answers.js';
import { useSession } from './session.js';

/** Does not change while a page is open: a new version of the service is a new page. */
function useOnce<T>(path: string, enabled = true) {
  const { request } = useSession();
  return useQuery({
    queryKey: ['once', path],
    queryFn: async ({ signal }) => (await request<T>(path, { signal })).body,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
  });
}

export const useConfig = () => useOnce<Config>('/ux/config');
export const useMe = () => useOnce<Me>('/ux/me');
export const usePolicy = () => useOnce<PagePolicy>('/ux/policy');
